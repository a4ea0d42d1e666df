"""Starting processes on this machine."""

from __future__ import annotations

import pwd
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from checks.sandbox.cage import ENVIRONMENT

_launcher = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox")
"""``--die-with-parent`` means the *thread* that started bwrap (prctl(2), PR_SET_PDEATHSIG): this one lives as long
as the process does."""


def spawn(
    command: list[str],
    log: IO[bytes],
    user: pwd.struct_passwd | None = None,
    directory: Path | None = None,
    stdin: int | IO[bytes] = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    def popen() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=log,
            env=ENVIRONMENT, cwd=directory, start_new_session=True,
            user=user.pw_uid if user else None, group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )  # fmt: skip

    return _launcher.submit(popen).result()
