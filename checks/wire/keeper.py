"""A program of its own that runs one command and, whatever happens, leaves none of its processes behind.

    python -I -S keeper.py STATUS GRACE COMMAND [ARGUMENT...]

Only the standard library is imported, so that it starts in 30 ms. Processes that the command leaves, also those that
made themselves a session of their own, become children of this one (prctl(2), PR_SET_CHILD_SUBREAPER). They are ended
when the command has ended, and when standard input ends: that is when whoever wants the command has had enough, or is
dead, however it died. On STATUS, a file descriptor, goes one line of JSON: ``{"exit": 0}``, negative for the signal that
ended it, or ``{"errno": 2}`` when there is no such program. Where there is no subreaper (macOS), the command's process
group is ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
TICK = 0.01
LINUX = sys.platform.startswith("linux")


def main() -> None:
    status, grace, command = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
    os.set_inheritable(status, False)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # standard input says when it is over
    if LINUX:
        _prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_as_a_command
        )
    except OSError as error:
        _say(status, errno=error.errno)
        return
    threading.Thread(target=_end_with_input, args=(process, status, grace), daemon=True).start()
    _say(status, exit=process.wait())
    _end_all(process.pid, grace)


def _as_a_command() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    if LINUX:
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _say(status: int, **what: int | None) -> None:
    with contextlib.suppress(OSError):  # nobody is left to be told
        os.write(status, json.dumps(what).encode())


def _end_with_input(process: subprocess.Popen[bytes], status: int, grace: float) -> None:
    while os.read(0, 1):
        pass
    _end_all(process.pid, grace)
    os._exit(0)


def _end_all(group: int, grace: float) -> None:
    """SIGTERM for each once, and SIGKILL for what is there after ``grace`` seconds, until there is none."""
    asked: set[int] = set()
    deadline = time.monotonic() + grace
    while (left := [*_left(group)]) and time.monotonic() < deadline + grace:
        late = time.monotonic() > deadline
        for pid in left:
            if late or pid not in asked:
                asked.add(pid)
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL if late else signal.SIGTERM)
        time.sleep(TICK)


def _left(group: int) -> Iterator[int]:
    """What still runs below this process; where that cannot be seen, the command's group as a whole."""
    if LINUX:
        yield from _below(os.getpid(), _parents())
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, 0)
        yield -group


def _below(pid: int, parents: dict[int, int]) -> Iterator[int]:
    for child, parent in parents.items():
        if parent == pid:
            yield child
            yield from _below(child, parents)


def _parents() -> dict[int, int]:
    """Process → its parent, of all that have not ended yet (proc_pid_stat(5))."""
    found: dict[int, int] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):  # noqa: PTH208 (pathlib takes a while to import)
        with contextlib.suppress(OSError):
            with open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123
                state, parent = file.read().rpartition(b")")[2].split()[:2]
            if state not in (b"Z", b"X"):
                found[int(name)] = int(parent)
    return found


if __name__ == "__main__":
    main()
