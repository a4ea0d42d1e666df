"""What PostgreSQL does for the examples of a rule."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from checks.examples.running import reviewed
from checks.model.observations import Observation
from checks.rules import all_rules, check
from checks.rules.observed import Observed, Seen
from checks.rules.review import Review
from checks.rules.wording import short
from checks.sandbox.server import Database, Server
from checks.settings import Settings

STRICT = Settings(preset="strict")


def block(rule: str, heading: str) -> str:
    """The SQL under a heading of the rule's page; empty where there is none."""
    found = re.search(
        rf"^## {heading}\n\n```sql\n(.*?)```", all_rules()[rule].documentation, re.MULTILINE | re.DOTALL
    )
    return found[1] if found else ""


def observe(server: Server, rule: str) -> Observed:
    """Run both examples, each in a database of its own."""
    setup = block(rule, "Setup")
    with _fresh(server) as database:
        bad = reviewed(database, block(rule, "Bad"), setup, STRICT)
    with _fresh(server) as database:
        good = reviewed(database, block(rule, "Good"), setup, STRICT)
    return observed(rule, bad, good)


def observed(rule: str, bad: Review, good: Review) -> Observed:
    """What the two runs show."""
    findings = [finding for finding in check([bad]) if finding.rule == rule]
    return Observed(
        fires=bool(findings),
        good_is_quiet=all(finding.rule != rule for finding in check([good])),
        rests_on_a_run=any(finding.evidence for finding in findings),
        bad=tuple(_seen(bad)),
        good=tuple(_seen(good)),
    )


def _seen(review: Review) -> Iterator[Seen]:
    for step in (*review.edited, *review.steps):
        for statement in step.observations:
            if statement.ran:
                yield Seen(sql=statement.sql, locks=tuple(_locks(statement)), does=tuple(_does(statement)))


def _locks(statement: Observation) -> Iterator[str]:
    """Table locks that somebody could wait for; what every query takes is not among them."""
    for lock in sorted(statement.locks, key=lambda lock: lock.relation):
        if lock.existed_before and lock.relation_kind != "index" and lock.mode != "ACCESS SHARE":
            yield f"{lock.mode} {short(lock.relation)}"


def _does(statement: Observation) -> Iterator[str]:
    done = {
        "rewrites": statement.rewrites,
        "scans": statement.scans,
        "builds": statement.indexes_built,
        "validates": statement.validated,
    }
    for verb, names in done.items():
        yield from (f"{verb} {name}" for name in sorted(map(short, names)))
    if statement.error:
        yield f"error {statement.error.sqlstate}: {statement.error.message}"


@contextmanager
def _fresh(server: Server) -> Iterator[Database]:
    name = f"example_{uuid.uuid4().hex[:12]}"
    server.create(name)
    try:
        yield Database(server, name)
    finally:
        server.drop(name)
