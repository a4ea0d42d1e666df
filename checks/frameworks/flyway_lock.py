"""Where Flyway waits for itself: CONCURRENTLY behind its own lock.

Flyway holds an advisory lock while it migrates, by default in a transaction of another connection
(``flyway.postgresql.transactional.lock``), which has asked the catalogs since and keeps the snapshot of that. CREATE INDEX and
REINDEX CONCURRENTLY wait for every snapshot that is older than they are (PostgreSQL docs, CREATE INDEX); DROP INDEX does not.
Seen with Flyway 11.14.1: ``pg_blocking_pids`` of the statement is that connection; so it is since 9.1.2 (flyway/flyway#3508).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from checks.frameworks.files import source
from checks.frameworks.flyway_config import FlywayConfig
from checks.frameworks.view import View, base_name
from checks.model.migrations import Migration, Problem, Statement, TransactionMode
from checks.sql.concurrently import is_concurrent
from checks.sql.parse import parse

WAITS = (
    "It waits for ever: CONCURRENTLY waits for the transaction in which Flyway (from 9.1.2 on) holds its lock, and that waits "
    "for this. Set `flyway.postgresql.transactional.lock=false`."
)
_LIKELY = re.compile(r"\bCONCURRENTLY\b", re.IGNORECASE)
_WAITING = ("IndexStmt", "ReindexStmt")
_SAYS_MORE = re.compile(
    r"pom\.xml|Dockerfile|Makefile|\.env|.*\.(?:gradle|kts|ya?ml|properties|conf|toml|env|sh|java|kt)"
)
"""Files in which Flyway may be told more than in its own: an option, a variable, its Java interface."""
_TOLD = (
    "transactional.lock",
    "transactional-lock",
    "transactionalLock",
    "TRANSACTIONAL_LOCK",
    "TransactionalLock",
)
_VERSION = re.compile(
    r"flyway[\w.\-\"'\])\s:=<>/(]{0,60}?\b(\d{1,2})\.(\d{1,3})(?:\.(\d{1,3}))?\b", re.IGNORECASE
)
"""``flyway-core:8.5.13``, ``<flyway.version>7.15.0``, ``flyway/flyway:9.1``."""
_OLD_SPRING = re.compile(
    r"spring-?(?:framework\.)?boot[\w.\-\"'\])\s:=<>/(]{0,80}?\b[12]\.\d+\.\d+", re.IGNORECASE
)
"""Spring Boot before 3 brings Flyway 8 or older."""
_FIRST = (9, 1, 2)
"""The version from which on the lock is held by a transaction."""


def waits_for_its_own_lock(
    view: View, migrations: Iterable[Migration], config: FlywayConfig
) -> Iterator[Problem]:
    """Nothing where another file of the tree speaks of that setting, which may be what decides, or of an older Flyway."""
    waiting = [one for migration in migrations for one in _outside_a_transaction(migration) if waits(one.sql)]
    if waiting and holds_a_transaction(view, config):
        for one in waiting:
            yield Problem(rule="flyway-concurrently-with-lock", path=one.path, line=one.line, message=WAITS)


def holds_a_transaction(view: View, config: FlywayConfig) -> bool:
    """As far as the tree says."""
    return config.transactional_lock and not _is_told_elsewhere(view, config)


def waits(sql: str) -> bool:
    """Whether a statement waits for the snapshots of others."""
    return bool(_LIKELY.search(sql)) and type(parse(sql)).__name__ in _WAITING and is_concurrent(sql)


def _outside_a_transaction(migration: Migration) -> Iterable[Statement]:
    up = migration.up
    return up.statements if up and up.transaction is TransactionMode.AUTOCOMMIT else ()


def _is_told_elsewhere(view: View, config: FlywayConfig) -> bool:
    others = (path for path in view.paths() if path != config.path)
    likely = [path for path in others if _SAYS_MORE.fullmatch(base_name(path))]
    return any(view.holds(path, *_TOLD) for path in likely) or any(_is_older(view, path) for path in likely)


def _is_older(view: View, path: str) -> bool:
    """Whether a file of a build names a version of Flyway whose lock is no transaction's."""
    if path.endswith((".java", ".kt")) or not view.holds(path, "flyway", "Flyway", "spring"):
        return False
    text = source(view, path).text
    named = (tuple(int(part or 0) for part in found) for found in _VERSION.findall(text))
    return any(version < _FIRST for version in named) or _OLD_SPRING.search(text) is not None
