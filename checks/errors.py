"""Everything that can go wrong and is worth a sentence to a person.

    MigrationError
    ├── UsageError            the request cannot be carried out as it was made (exit code 2)
    │   ├── NotARepository
    │   ├── UnknownRevision
    │   └── SettingsError     the configuration file is wrong, with file and line
    ├── FileError             a file of the tree cannot be read as a migration: path and reason
    ├── CommandFailed         a framework's command failed, and there is nothing of it to review (exit code 1)
    └── SandboxError          no throw-away PostgreSQL, or it was lost
        ├── SandboxUnavailable    nothing here can start the wanted version; says what would
        └── SandboxLost           the server died, ran out of disk or memory, or was ended at its time limit

Every error has a message that says what happened and where, and a hint that says what to do next.
"""

from __future__ import annotations


class MigrationError(Exception):
    """Base of all. ``message`` says what happened and where; ``hint`` what to do next."""

    def __init__(self, message: str, *, hint: str = "", path: str | None = None, line: int | None = None):
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.path = path
        self.line = line

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line) if part is not None)
        return ": ".join(part for part in (place, self.message) if part)


class UsageError(MigrationError):
    """The request cannot be carried out as it was made."""


class NotARepository(UsageError):
    """The folder is not inside a git work tree."""


class UnknownRevision(UsageError):
    """git knows no commit of that name."""


class SettingsError(UsageError):
    """The configuration is not valid."""


class FileError(MigrationError):
    """A file of the tree cannot be read: too large, not UTF-8, holds a NUL byte."""


class CommandFailed(MigrationError):
    """A framework's command failed before there was anything to review."""


class SandboxError(MigrationError):
    """There is no throw-away PostgreSQL to run on."""


class SandboxUnavailable(SandboxError):
    """No provider on this machine can start the wanted version."""


class SandboxLost(SandboxError):
    """The server died, ran out of disk or memory, or was ended at its time limit."""
