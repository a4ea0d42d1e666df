"""The terminal: what is written to it, how wide and colourful it is, and errors as sentences."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from bot.publish.escape import one_line

DEBUG = "MIGRATION_DEBUG"
WIDTH_WITHOUT_TERMINAL = 120
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def open_streams() -> None:
    """Python has no streams where the shell closed them (``>&-``): what goes there is for nobody."""
    sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115 (it stays open to the end)
    sys.stderr = sys.stderr or Path(os.devnull).open("w")  # noqa: SIM115


def has_colour(stream: TextIO) -> bool:
    """https://no-color.org: NO_COLOR turns it off; FORCE_COLOR turns it on where it is not a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Cells of a line: COLUMNS, the terminal's own, or 120 for a file or a pipe."""
    return shutil.get_terminal_size((WIDTH_WITHOUT_TERMINAL, 24)).columns


def write(text: str) -> None:
    """To standard output, whatever its encoding; a reader that has gone (``| head``) is no error.

    Raises UsageError when it cannot be written (a full disk).
    """
    try:
        sys.stdout.buffer.write(text.encode(sys.stdout.encoding or "utf-8", "backslashreplace"))
        sys.stdout.flush()
    except OSError as error:
        # Python flushes standard output once more when it ends; that must not fail either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise _cannot_write(Path("standard output"), error.strerror or "") from error


def note(text: str, indent: str = "") -> None:
    """One line on standard error."""
    with suppress(BrokenPipeError):
        print(indent + one_line(text), file=sys.stderr)


def expect_to_be_somewhere() -> None:
    """Raise UsageError where the current folder has been deleted: nothing can be found from there."""
    try:
        Path.cwd()
    except FileNotFoundError as error:
        from checks.errors import UsageError

        raise UsageError(
            "the current folder does not exist any more", hint="Change into one that does: cd …"
        ) from error


def expect_folder(path: Path) -> None:
    """Raise UsageError when a file cannot be written there: sooner than after all the work."""
    if not path.parent.is_dir() or path.is_dir():
        raise _cannot_write(path, "its folder does not exist" if not path.is_dir() else "it is a folder")


def save(text: str, path: Path) -> None:
    """Write a whole file. Raises UsageError when it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _cannot_write(path, error.strerror or "") from error


def _cannot_write(path: Path, why: str) -> Exception:
    from checks.errors import UsageError

    return UsageError(f"cannot write {path}: {why}", hint="Name another file: --output FILE.")


def explain(error: Exception) -> None:
    """Say on standard error what happened, where, and what to do next. A bug of ours is one line, too."""
    from checks.errors import MigrationError

    if isinstance(error, MigrationError):
        note(f"error: {error}")
        if error.hint:
            note(error.hint, "  ")
    elif isinstance(error, OSError) and (error.filename is not None or error.errno in _OF_THE_DISK):
        place = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "
        note(f"error: {place}{error.strerror}")
    else:
        note(f"internal error: {type(error).__name__}: {error}")
        note(f"This is a bug. Set {DEBUG}=1 and run it again to see where.", "  ")
