"""Where Flyway waits for itself: CONCURRENTLY behind its own lock.

Flyway holds an advisory lock while it migrates, by default in a transaction of another connection
(``flyway.postgresql.transactional.lock``), which has asked the catalogs since and keeps the snapshot of that. CREATE INDEX and
REINDEX CONCURRENTLY wait for every snapshot that is older than they are (PostgreSQL docs, CREATE INDEX); DROP INDEX does not.
Seen with Flyway 11.14.1: ``pg_blocking_pids`` of the statement is that connection; so it is since 9.1.2 (flyway/flyway#3508).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from checks.frameworks.flyway_config import FlywayConfig
from checks.frameworks.view import View, base_name
from checks.model.migrations import Migration, Problem, Statement, TransactionMode
from checks.sql.parse import parse

WAITS = (
    "It waits for ever: CONCURRENTLY waits for the transaction in which Flyway (from 9.1.2 on) holds its lock, and that waits "
    "for this. Set `flyway.postgresql.transactional.lock=false`."
)
_LIKELY = re.compile(r"\bCONCURRENTLY\b", re.IGNORECASE)
_SAYS_MORE = re.compile(
    r"pom\.xml|build\.gradle(?:\.kts)?|Dockerfile|Makefile|.*\.(?:ya?ml|properties|conf|toml|env|sh|java|kt)|\.env"
)
"""Files in which Flyway may be told more than in its own: an option, a variable, its Java interface."""
_TOLD = (
    "transactional.lock",
    "transactional-lock",
    "transactionalLock",
    "TRANSACTIONAL_LOCK",
    "TransactionalLock",
)


def waits_for_its_own_lock(
    view: View, migrations: Iterable[Migration], config: FlywayConfig
) -> Iterator[Problem]:
    """Nothing where another file of the tree speaks of that setting: it may be what decides."""
    waiting = [one for migration in migrations for one in _outside_a_transaction(migration) if waits(one.sql)]
    if waiting and holds_a_transaction(view, config):
        for one in waiting:
            yield Problem(rule="flyway-concurrently-with-lock", path=one.path, line=one.line, message=WAITS)


def holds_a_transaction(view: View, config: FlywayConfig) -> bool:
    """As far as the tree says."""
    return config.transactional_lock and not _is_told_elsewhere(view, config)


def waits(sql: str) -> bool:
    """Whether a statement waits for the snapshots of others."""
    if not _LIKELY.search(sql):
        return False
    node = parse(sql)
    match type(node).__name__:
        case "IndexStmt":
            return bool(getattr(node, "concurrent", False))
        case "ReindexStmt":
            return True
    return False


def _outside_a_transaction(migration: Migration) -> Iterable[Statement]:
    up = migration.up
    return up.statements if up and up.transaction is TransactionMode.AUTOCOMMIT else ()


def _is_told_elsewhere(view: View, config: FlywayConfig) -> bool:
    others = (path for path in view.paths() if path != config.path)
    likely = (path for path in others if _SAYS_MORE.fullmatch(base_name(path)))
    return any(view.holds(path, *_TOLD) for path in likely)
