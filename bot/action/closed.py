"""This process, closed to others of the same user: what it was started with holds secrets."""

from __future__ import annotations

import ctypes
import sys

PR_SET_DUMPABLE = 4


def close_to_others() -> None:
    """Nobody but root may read its memory or ``/proc/PID/environ`` any more, where the token stays when it was taken out.

    Programs that it starts are open again (prctl(2), PR_SET_DUMPABLE). Only Linux has it.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
