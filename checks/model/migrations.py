"""What the files say: statements, migrations, histories, and the change between two trees."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import SerializeAsAny

from checks.model.base import Model


class Statement(Model):
    """One SQL statement and the lines it came from."""

    sql: str
    """Its text, without the semicolon and without leading comments."""
    path: str
    line: int
    end_line: int
    sql_line: int | None = None
    """The line on which ``sql`` begins, where code around it (``execute``) begins before."""
    line_is_guess: bool = False
    """PostgreSQL got it from the migration tool, and which line of the file had it sent is not known for certain."""


class TransactionMode(StrEnum):
    """How the tool sends a script to the server."""

    TRANSACTION = "transaction"
    """BEGIN, the statements one by one, COMMIT."""
    AUTOCOMMIT = "autocommit"
    """The statements one by one, each committing by itself."""
    SINGLE_QUERY = "single-query"
    """The whole text as one simple query: an implicit transaction (PostgreSQL docs, 54.2.2.1), which
    explicit BEGIN and COMMIT inside the text divide, and which a lone CREATE INDEX CONCURRENTLY escapes."""
    ALL_PENDING = "all-pending"
    """One transaction around all new migrations of the run together."""


class Script(Model):
    """What one direction of a migration runs."""

    statements: tuple[Statement, ...]
    transaction: TransactionMode


class Gap(Model):
    """A part of a script that is code: the rest of the script is run without it."""

    path: str
    line: int
    reason: str
    """What stands there, as a sentence without its full stop."""
    direction: Literal["up", "down"]
    kind: Literal["code", "data", "doubt"] = "code"
    """``data`` reads or writes rows, so the schema is whole without it; ``doubt`` was run, with something in it that
    the file does not say."""


class Migration(Model):
    """One unit that the tool applies."""

    version: str
    """As the tool compares and records it."""
    name: str
    path: str
    """The file (or folder's main file) that holds the up script."""
    files: tuple[str, ...]
    """All files it is made of, ``path`` first."""
    digest: str
    """SHA-256 over the files' bytes, in hexadecimal."""
    up: SerializeAsAny[Script] | None
    """None when it is code or could not be read: see ``opaque``."""
    down: SerializeAsAny[Script] | None
    """None when there is none. A down that is there but holds no statement has an empty script."""
    opaque: str | None = None
    """Why the engine cannot run the up script (``"a Go migration"``); the migration is unproven."""
    opaque_line: int = 1
    gaps: tuple[Gap, ...] = ()
    """Parts of up and down that are not run; the migration is unproven for them."""
    repeatable: bool = False
    """Runs again whenever its text changes (Flyway ``R__``); never out of order, no version of its own."""
    checksummed: str = ""
    """SHA-256 over what the tool's own checksum is made of, where that is less than its files."""
    accepts_edits: bool = False
    """Its file names another checksum that the tool shall take for the recorded one (Liquibase's ``validCheckSum``)."""
    irreversible: str | None = None
    """The author's own statement that there is no way back, when the file says so."""
    translation: str = ""
    """SHA-256 over its statements, where they are made from code and do not stand in the files."""

    @property
    def is_whole(self) -> bool:
        """Whether no part of the up script is missing that may change the schema."""
        return all(gap.kind != "code" or gap.direction == "down" for gap in self.gaps)


class Problem(Model):
    """Something in the files that a person should know: a near miss, a file the tool would skip."""

    rule: str
    """The id of the finding it becomes: ``near-miss``, ``duplicate-version``, ``unreadable-file`` …"""
    path: str
    line: int = 1
    message: str
    """What the tool will do with it, and what was probably meant."""


class History(Model):
    """The ordered migrations of one tool in one folder at one revision."""

    tool: str
    folder: str
    """Where the migrations are, ``""`` for the root."""
    database: str = ""
    """Folders for which the configuration names the same database are applied to one; "" is one of its own."""
    migrations: tuple[Migration, ...]
    """In the order in which the tool applies them to an empty database."""
    silent: tuple[str, ...] = ()
    """Files of migrations that the tool wrote down and that said nothing else to the server: none of the above."""
    problems: tuple[Problem, ...] = ()
    has_downs: bool = True
    """Whether the tool knows down scripts at all."""
    strict_order: bool = False
    """Whether the tool refuses or skips a version lower than the newest applied one."""
    bookkeeping: tuple[str, ...] = ()
    """SQL that makes the tool's own table (``schema_migrations``), run before the first migration."""
    roles: tuple[str, ...] = ()
    """Roles that every database of this tool has and its migrations name (Supabase's ``anon``), made without
    login or privileges before ``bookkeeping`` runs."""
    search_path: str | None = None
    """What the tool's sessions have as ``search_path``, where it is not PostgreSQL's own default."""
    schema_file: str | None = None
    """The dump of the expected schema that the tool keeps beside them, when there is one."""

    @property
    def id(self) -> str:
        return f"{self.tool}:{self.folder or '.'}"


class ChangeKind(StrEnum):
    ADDED = "added"
    EDITED = "edited"
    DELETED = "deleted"
    RENAMED = "renamed"
    """Same content in another file. Under another version, the tool runs it again."""


class ChangedMigration(Model):
    kind: ChangeKind
    migration: Migration
    """As it is at head; for a deleted one, as it was at base."""
    before: Migration | None = None
    """As it was at base, for edited, deleted and renamed ones."""
    out_of_order: bool = False
    """Its version is lower than one that the base already has."""

    @property
    def is_pending(self) -> bool:
        """Whether the tool would run it on a database that has applied all of base."""
        match self.kind:
            case ChangeKind.ADDED:
                return True
            case ChangeKind.EDITED:
                return self.migration.repeatable
            case ChangeKind.RENAMED:
                return self.before is not None and self.before.version != self.migration.version
            case ChangeKind.DELETED:
                return False


class Change(Model):
    """Base history → head history of one tool in one folder."""

    base: History
    head: History
    migrations: tuple[ChangedMigration, ...]
    """In the order of head's history; deleted ones last."""
    duplicates: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Versions that more than one file at head claims, each with the files."""

    @property
    def pending(self) -> tuple[ChangedMigration, ...]:
        """What the tool would run on a database that has applied all of base, in its order."""
        return tuple(changed for changed in self.migrations if changed.is_pending)

    @property
    def edited(self) -> tuple[ChangedMigration, ...]:
        """Applied migrations whose files changed: only databases made from now on run the new text."""
        return tuple(
            changed
            for changed in self.migrations
            if changed.kind is ChangeKind.EDITED and not changed.is_pending
        )
