"""Start a command below its keeper (``keeper.py``), show what it prints, and end it when its time is over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from checks.wire.printed import pass_on, take_in

KEEPER = Path(__file__).with_name("keeper.py")
GRACE_SECONDS = 2.0
"""From asking processes to end until they are ended."""
STUBBORN_SECONDS = 10.0
"""How long a keeper may take for it before it is ended itself."""


@dataclass(frozen=True)
class Ended:
    exit_code: int
    """Negative: the signal that ended it."""
    expired: bool


def run_kept(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    seconds: float,
    password: str,
    printed: bytearray | None = None,
) -> Ended:
    """Run it to its end or to the end of its time; then none of its processes is left.

    Its output goes to standard error, with ``password`` masked; or what it prints as its result into ``printed``, and what it
    says beside that nowhere. Raises OSError when it cannot be started.
    """
    said, saying = os.pipe()
    arguments = [sys.executable, "-I", "-S", str(KEEPER), str(saying), str(GRACE_SECONDS), *command]
    try:
        keeper = subprocess.Popen(
            arguments,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if printed is None else subprocess.DEVNULL,
            pass_fds=[saying],
            start_new_session=True,
        )
    finally:
        os.close(saying)
    try:
        expired = _await(keeper, command[0], password, seconds, printed)
    finally:
        with os.fdopen(said, "rb") as status:
            _end(keeper)
            ended = _read(status)
    if "errno" in ended:
        raise OSError(ended["errno"], os.strerror(ended["errno"]))
    return Ended(ended.get("exit", -9), expired)


def _await(
    keeper: subprocess.Popen[bytes], command: str, password: str, seconds: float, printed: bytearray | None
) -> bool:
    """Whether its time was over first."""
    assert keeper.stdout
    source = keeper.stdout.fileno()
    hear = (
        partial(pass_on, source, command, password.encode())
        if printed is None
        else partial(take_in, source, printed)
    )
    printer = threading.Thread(target=hear, daemon=True)
    printer.start()
    try:
        keeper.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        return True
    finally:
        _end(keeper)
        printer.join(GRACE_SECONDS)


def _end(keeper: subprocess.Popen[bytes]) -> None:
    assert keeper.stdin
    keeper.stdin.close()
    try:
        keeper.wait(STUBBORN_SECONDS)
    except subprocess.TimeoutExpired:
        keeper.kill()
        keeper.wait()


def _read(status: IO[bytes]) -> dict[str, int]:
    """Nothing when the keeper was ended before it could say something."""
    os.set_blocking(status.fileno(), False)
    said = status.read()
    return dict(json.loads(said)) if said else {}
