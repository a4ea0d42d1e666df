"""The vocabulary: what the parts of the engine hand to each other, and the Report.

All models are frozen and go to JSON and back. Paths are POSIX and relative to the root of the tree.
Lines count from 1 and ranges include both ends. Times are milliseconds. Relations are written
``schema.name`` as PostgreSQL stores the names (unquoted), objects inside a table ``schema.table.name``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# ── What the files say ──────────────────────────────────────────────────────────────────────────────


class Statement(Model):
    """One SQL statement and the lines it came from."""

    sql: str
    """Its text, without the semicolon and without leading comments."""
    path: str
    line: int
    end_line: int
    sql_line: int | None = None
    """The line on which ``sql`` begins, where code around it (``execute``) begins before."""


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


# ── What PostgreSQL did ─────────────────────────────────────────────────────────────────────────────


class LockMode(StrEnum):
    """The eight table-level modes, weakest first (PostgreSQL docs, 13.3.1)."""

    ACCESS_SHARE = "ACCESS SHARE"
    ROW_SHARE = "ROW SHARE"
    ROW_EXCLUSIVE = "ROW EXCLUSIVE"
    SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
    SHARE = "SHARE"
    SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
    EXCLUSIVE = "EXCLUSIVE"
    ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"

    @property
    def strength(self) -> int:
        return _STRENGTHS[self]

    @property
    def blocks_reads(self) -> bool:
        return self is LockMode.ACCESS_EXCLUSIVE

    @property
    def blocks_writes(self) -> bool:
        """Conflicts with the ROW EXCLUSIVE that INSERT, UPDATE, DELETE and MERGE take."""
        return self.strength >= LockMode.SHARE.strength


_STRENGTHS = {mode: strength for strength, mode in enumerate(LockMode)}


class Lock(Model):
    """A table-level lock that a statement newly took."""

    relation: str
    mode: LockMode
    existed_before: bool
    """Whether the relation was there before this change of migrations: only then can anybody wait for it."""
    held_until: Literal["statement", "commit"]
    statements_behind: int = 0
    """How many later statements of the same transaction run while it is held."""
    relation_kind: Literal["table", "index", "sequence", "view", "materialized view", "other"] = "table"


class SqlError(Model):
    """The server's error, as it reported it."""

    sqlstate: str
    message: str
    hint: str | None = None
    detail: str | None = None
    context: str | None = None
    line: int | None = None
    """The line of the file that the server's position points at."""


class NestedCommand(Model):
    """DDL that ran inside a DO block or function, as seen by an event trigger or the parser."""

    tag: str
    object: str | None = None
    locks: tuple[Lock, ...] = ()


class Timed(Model):
    """How long a statement took in the sandbox with so many rows in the table that decides."""

    rows: int
    ms: float


class Prediction(Model):
    """How long a statement will take on production's rows, as far as timing it on fewer of them tells."""

    relation: str
    """The largest of the tables that it works on."""
    rows: int
    """That production has in it."""
    low_ms: float
    high_ms: float
    growth: Literal["linear", "n log n", "none"]
    """With the rows; ``none``: it was timed at production's own number of rows."""
    timed: tuple[Timed, ...]
    """The fastest of several runs, for each number of rows."""
    width: float = 1.0
    """Bytes of a row in production for one byte of a row here."""


class Observation(Model):
    """A statement and what PostgreSQL did for it."""

    id: str
    """``"<migration id>/up/3"``: the third statement of the up script."""
    sql: str
    path: str
    line: int
    end_line: int
    kind: str
    """The command, as PostgreSQL's tags spell it: ``ALTER TABLE``, ``CREATE INDEX``, ``DO``, ``UPDATE`` …"""
    transaction: int | None = None
    """Which of the script's transactions it ran in, from 1; None when it committed by itself."""
    ran: bool = True
    """False when the script stopped before it."""
    duration_ms: float = 0.0
    locks: tuple[Lock, ...] = ()
    """Newly taken by this statement, strongest mode per relation."""
    rewrites: tuple[str, ...] = ()
    """Tables and materialized views whose storage was written anew."""
    scans: tuple[str, ...] = ()
    """Tables that were read from end to end."""
    indexes_built: tuple[str, ...] = ()
    indexes_reused: tuple[str, ...] = ()
    validated: tuple[str, ...] = ()
    """Constraints checked against all rows by this statement."""
    rows: int | None = None
    """Rows that INSERT, UPDATE, DELETE, MERGE or COPY touched; None for other commands."""
    notices: tuple[str, ...] = ()
    """What the server said at NOTICE or WARNING, at most 20."""
    nested: tuple[NestedCommand, ...] = ()
    error: SqlError | None = None
    predicted: Prediction | None = None
    """Only with statistics of production, and for statements that take the longer, the more rows there are."""
    not_predicted: str = ""
    """Why there is no prediction of such a statement."""


class Trace(Model):
    """The observations of one run, in order."""

    observations: tuple[Observation, ...]
    failed: bool = False
    stopped_by: Literal["error", "time limit", "resource limit"] | None = None
    committed: bool = True
    duration_ms: float = 0.0
    unproven: tuple[str, ...] = ()
    """What this run could not observe, and why."""


class DifferenceKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Significance(StrEnum):
    """How much a difference between two schemas matters."""

    SEMANTIC = "semantic"
    """Columns, types, constraints, indexes, code: something behaves differently."""
    PRIVILEGE = "privilege"
    COMMENT = "comment"
    ORDER = "order"
    """Only the position of columns."""


class Difference(Model):
    """One object that is not the same in two schemas."""

    kind: DifferenceKind
    object_type: str
    """``table``, ``column``, ``index``, ``constraint``, ``trigger`` …"""
    name: str
    property: str | None = None
    """Which property changed (``type``, ``default``, ``definition``); None when added or removed."""
    before: str | None = None
    after: str | None = None
    significance: Significance = Significance.SEMANTIC

    def __str__(self) -> str:
        if self.kind is DifferenceKind.CHANGED:
            return f"{self.object_type} {self.name}: {self.property} was {self.before}, is {self.after}"
        return (
            f"{self.object_type} {self.name} {'is new' if self.kind is DifferenceKind.ADDED else 'is gone'}"
        )


class DataLoss(Model):
    """Values that were there before up, and are not after up and down."""

    relation: str
    column: str | None
    """None when whole rows are gone or changed in number."""
    rows: int


class RollbackStatus(StrEnum):
    RESTORED = "restored"
    DATA_LOST = "data-lost"
    DIFFERS = "differs"
    FAILED = "failed"
    MISSING = "missing"
    IRREVERSIBLE = "irreversible"
    UNPROVEN = "unproven"


class RollbackProof(Model):
    """up → down → up again of one migration alone, on the state before it."""

    status: RollbackStatus
    drafted: bool = False
    """The tool or the author gave no down; this proof is about ``draft``."""
    draft: str | None = None
    """The drafted down script, as SQL."""
    down: tuple[Observation, ...] = ()
    differences: tuple[Difference, ...] = ()
    """Schema before up against schema after down."""
    data_lost: tuple[DataLoss, ...] = ()
    up_again: Literal["identical", "differs", "failed", "not tried"] = "not tried"
    up_again_differences: tuple[Difference, ...] = ()
    up_again_error: SqlError | None = None
    reason: str = ""
    """One sentence: why it is not ``restored``."""


# ── What it means ───────────────────────────────────────────────────────────────────────────────────


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class Certainty(StrEnum):
    OBSERVED = "observed"
    """PostgreSQL did it."""
    DERIVED = "derived"
    """Follows from observations and the catalogs."""
    STATIC = "static"
    """Read from the files; nothing had to run."""


class AdviceFile(Model):
    path: str
    content: str
    needs: str = ""
    """What has to be deployed before this file is applied, as a sentence."""
    replaces: int = 0
    """How many lines the file has whose place it takes; 0 for a new one, and where nobody has counted."""


class Advice(Model):
    """A safer way, in files of the migration tool. ``proven`` only when it ran and gave the same schema and rows."""

    title: str
    proven: bool
    files: tuple[AdviceFile, ...] = ()
    """In the order in which they are applied; one with the path of the finding takes the place of that file."""
    seen: tuple[str, ...] = ()
    """What running it showed, a sentence each: which locks became weaker or shorter, that schema and rows are equal."""
    reason: str = ""
    """Why it is not proven, when it is not."""
    note: str = ""
    """What the tool does when it gives up, and how it is tried again."""


class Attempt(Model):
    """A simple fix of a migration that fails, run in its place."""

    fix: str
    """Which one: ``syntax``, ``constraint``, ``order``, ``concurrently``, ``transaction``."""
    title: str
    """What was changed, as one sentence."""
    worked: bool
    """Whether the migration runs with it, down and up again included where there is a down."""
    files: tuple[AdviceFile, ...] = ()
    """What was run, in place of the migration's files."""
    gone: tuple[str, ...] = ()
    """The migration's files that these replace under another name."""
    error: SqlError | None = None
    outcome: str = ""
    """What came of it, as one sentence."""


class Finding(Model):
    id: str
    """Stable across runs for the same hazard on the same statement text."""
    rule: str
    severity: Severity
    certainty: Certainty
    path: str
    line: int
    end_line: int
    message: str
    """What this statement does, what it costs here, what to do instead: at most three short sentences; with production's
    statistics one or two more, about the size of the table and how long it will take."""
    migration: str | None = None
    evidence: tuple[str, ...] = ()
    """Ids of the observations it rests on."""
    irreversible: bool = False
    """It destroys something that no down can bring back, so it needs an approval."""
    advice: Advice | None = None

    @property
    def must_be_mended(self) -> bool:
        """What cannot be undone is no mistake: it is somebody's to approve."""
        return self.severity is Severity.ERROR and not self.irreversible


class Suppression(Model):
    """A finding that a person has accepted in the file."""

    rule: str
    path: str
    line: int
    reason: str
    until: str | None = None
    findings: tuple[Finding, ...] = ()


class Unproven(Model):
    """What could not be run or observed, where, and what would prove it."""

    path: str
    line: int
    reason: str


class Verdict(StrEnum):
    PASS = "pass"
    WARN = "warn"
    NEEDS_APPROVAL = "needs-approval"
    FAIL = "fail"
    UNPROVEN = "unproven"


class RiskLevel(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Risk(Model):
    level: RiskLevel
    reasons: tuple[str, ...]


class Isolation(StrEnum):
    """What stood between the migrations and the machine."""

    CONTAINER = "container"
    NAMESPACE = "namespace"
    PROCESS = "process only"
    EXTERNAL = "external server"
    """A server that the user gave."""


class SandboxInfo(Model):
    provider: str
    postgres: str
    """The server's own version, ``"18.4"``."""
    isolation: Isolation
    notes: tuple[str, ...] = ()


class MigrationTrace(Model):
    statements: tuple[Observation, ...]


class ColumnShape(Model):
    name: str
    type: str
    not_null: bool


class TableShape(Model):
    """A table that was there before a migration, without any value of its rows."""

    relation: str
    rows: int
    """In the sandbox."""
    columns: tuple[ColumnShape, ...]


class Obstacle(Model):
    """What the catalogs say against changing the rows of a table batch by batch."""

    verbs: tuple[str, ...]
    """``UPDATE``, ``DELETE``, ``INSERT``: the statements that it stands against."""
    columns: tuple[str, ...] = ()
    """Of an UPDATE only those that set one of these; empty: all."""
    reason: str
    """A sentence."""


class Batching(Model):
    """How the rows of a table can be walked in batches, by its catalogs."""

    keys: tuple[tuple[str, ...], ...] = ()
    """Columns that are never NULL and tell each row from all others: the primary key, then unique indexes, the
    narrowest first."""
    obstacles: tuple[Obstacle, ...] = ()


class MigrationReport(Model):
    """Everything about one changed migration."""

    id: str
    path: str
    tool: str
    version: str
    name: str
    change: ChangeKind
    up: MigrationTrace
    schema_diff: tuple[Difference, ...] = ()
    rollback: RollbackProof
    rows_before: dict[str, int] = {}
    """Rows that were in each touched table when it ran."""
    tables: tuple[TableShape, ...] = ()
    """The tables that it locks or names, as they were before it; at most 20."""
    batching: dict[str, Batching] = {}
    """The same tables → how their rows can be walked in batches."""
    unstable_functions: tuple[str, ...] = ()
    """Functions of the schema that its statements name and that are not IMMUTABLE."""
    attempts: tuple[Attempt, ...] = ()
    """Simple fixes that were tried because it fails."""


class ProductionTable(Model):
    """What production's statistics say of a table that the change works on or locks."""

    relation: str
    rows: int | None
    """None when production does not know: the table was never analysed."""
    heap_bytes: int
    total_bytes: int
    """With indexes and TOAST."""
    writes_per_second: float | None
    scans_per_second: float | None


class Production(Model):
    """The statistics of production that this report rests on."""

    source: str
    """The file of the base, or the secret."""
    taken_on: str
    """The day, ``2026-11-28``."""
    age_days: int
    postgres: str
    tables: tuple[ProductionTable, ...] = ()
    missing: tuple[str, ...] = ()
    """Tables of the change of which the statistics know nothing."""
    notes: tuple[str, ...] = ()
    """What to know before relying on them, a sentence each."""


class HistoryReport(Model):
    """One folder of migrations: what was recognised, and the state the change was run on."""

    id: str
    tool: str
    folder: str
    database: str
    base_migrations: int
    base_cached: int = 0
    """How many of them came from the cache."""
    base_failures: tuple[Problem, ...] = ()


class SchemaDiff(Model):
    text: str
    differences: tuple[Difference, ...] = ()


class Report(Model):
    """What one validation found. Everything a person or a model sees is rendered from it."""

    schema_version: Literal["1"] = "1"
    base: str
    head: str
    verdict: Verdict
    headline: str
    """The verdict in one line."""
    risk: Risk
    sandbox: SandboxInfo | None = None
    production: Production | None = None
    assumed: tuple[str, ...] = ()
    """SQL that made what files without a history take for granted."""
    histories: tuple[HistoryReport, ...] = ()
    migrations: tuple[MigrationReport, ...] = ()
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppression, ...] = ()
    unproven: tuple[Unproven, ...] = ()
    schema_diff: SchemaDiff = SchemaDiff(text="")
    rollout: tuple[str, ...] = ()
    """Notes in the order of the deploy."""
    rollback_notes: tuple[str, ...] = ()
    duration_ms: Annotated[float, Field(ge=0)] = 0.0
