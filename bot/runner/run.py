"""The parent: start the engine's process, listen to it, and end it at its time limit."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable

from bot.runner.outcome import Order, Outcome

GRACE_SECONDS = 10
"""From asking to end until it is ended; the sandbox is taken down meanwhile."""
TOO_LONG = "It did not come to an end within {seconds:.0f} seconds and was stopped."
DIED = "The process that ran the migrations ended without an answer ({how}). {said}"


def run(order: Order, progress: Callable[[str], None], *, most_seconds: float) -> Outcome:
    """What the engine says; its own death and its time limit are outcomes, too."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.runner"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=_environment(),
            start_new_session=True,
        )
        late = threading.Event()
        limit = threading.Timer(most_seconds, _end, (process, late))
        limit.start()
        try:
            outcome = _talk(process, order, progress)
        finally:
            limit.cancel()
            _end_now(process)
        if late.is_set():
            return Outcome(problem=TOO_LONG.format(seconds=most_seconds), passing=True)
        return outcome or Outcome(problem=_last_words(process.returncode, errors), passing=True)


def _talk(process: subprocess.Popen[bytes], order: Order, progress: Callable[[str], None]) -> Outcome | None:
    assert process.stdin and process.stdout
    with contextlib.suppress(BrokenPipeError):  # it died: its return code says how
        pickle.dump(order, process.stdin)
        process.stdin.flush()
    for line in process.stdout:
        said = json.loads(line)
        if "outcome" in said:
            return Outcome.model_validate_json(said["outcome"])
        progress(str(said["progress"]))
    return None


def _end(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(GRACE_SECONDS)
        return
    _kill(process)


def _end_now(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        _kill(process)
    if process.stdout:
        process.stdout.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _last_words(code: int, errors: object) -> str:
    how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    errors.seek(0)  # type: ignore[attr-defined]
    lines = errors.read().decode(errors="replace").strip().splitlines()  # type: ignore[attr-defined]
    return DIED.format(how=how, said=lines[-1][:300] if lines else "")


def _environment() -> dict[str, str]:
    """Without the service's secrets: what runs there runs strangers' SQL."""
    secret = ("GITHUB_", "DATABASE_URL", "ANTHROPIC_", "AWS_", "GOOGLE_", "VERTEX_", "MIGRATION_STATS")
    return {name: value for name, value in os.environ.items() if not name.startswith(secret)}
