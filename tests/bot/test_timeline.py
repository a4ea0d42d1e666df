from __future__ import annotations

import pytest
from sample_reports import HOSTILE, currency, failing_report, hostile_report

from bot.publish.lanes import timeline
from bot.publish.timeline import holds, mermaid
from checks.model.observations import LockMode
from checks.model.report import MigrationReport, MigrationTrace


def in_one_transaction(*durations: float) -> MigrationReport:
    """Every statement takes the lock that ``currency`` takes first."""
    first = currency().up.statements[0]
    statements = tuple(
        first.model_copy(update={"duration_ms": each, "transaction": 1, "error": None, "line": number})
        for number, each in enumerate(durations, start=1)
    )
    return currency().model_copy(update={"up": MigrationTrace(statements=statements)})


def with_relation(name: str) -> str:
    migration = in_one_transaction(1, 1)
    lock = migration.up.statements[0].locks[0].model_copy(update={"relation": name})
    statements = tuple(one.model_copy(update={"locks": (lock,)}) for one in migration.up.statements)
    changed = migration.model_copy(update={"up": MigrationTrace(statements=statements), "path": f"db/{name}"})
    chart = mermaid(failing_report().model_copy(update={"migrations": (changed,)}))
    assert chart is not None
    return chart


def test_a_lock_is_held_until_the_last_statement_of_its_transaction() -> None:
    assert [(one.first, one.last) for one in holds(in_one_transaction(1, 2, 3))] == [(0, 2), (1, 2), (2, 2)]


def test_bars_are_as_long_as_their_time() -> None:
    drawn = timeline(in_one_transaction(1, 3, 4))
    assert [(bar.start, bar.width) for bar in drawn.statements] == [(0, 125), (125, 375), (500, 500)]
    assert [(lane.bar.start, lane.bar.width) for lane in drawn.lanes] == [(0, 1000), (125, 875), (500, 500)]
    assert drawn.commits == (998,)


def test_what_took_no_time_is_still_drawn_inside() -> None:
    drawn = timeline(in_one_transaction(0, 0))
    assert all(bar.width > 0 and bar.start + bar.width <= 1000 for bar in drawn.statements)


def test_locks_that_only_writers_of_schemas_wait_for_are_not_drawn() -> None:
    weak = in_one_transaction(1, 1)
    lock = weak.up.statements[0].locks[0].model_copy(update={"mode": LockMode.SHARE_UPDATE_EXCLUSIVE})
    statements = tuple(one.model_copy(update={"locks": (lock,)}) for one in weak.up.statements)
    assert holds(weak.model_copy(update={"up": MigrationTrace(statements=statements)})) == []


def test_one_statement_needs_no_diagram() -> None:
    assert mermaid(hostile_report()) is None


@pytest.mark.parametrize(
    "name", [HOSTILE, "a:b;c#d%%e", "x\nclick y call z", "%%{init: {}}%%", '"><b>', "__proto__", "", "\u202e"]
)
def test_no_name_leaves_its_place_in_the_diagram(name: str) -> None:
    *head, section, first, second = with_relation(name).splitlines()
    assert len(head) == 6
    assert section.startswith("    section ") and section.split() != ["section"]
    assert not set(section) & set(":;#%{}<>\"'`\\@&\x1b\u202e") and "__proto__" not in section
    for task in (first, second):
        label, times = task.split(":")
        assert label.startswith("    ACCESS EXCLUSIVE, ") and times.startswith("crit, ")
        assert not set(label) & set(";#%{}<>\"'`\\@&\x1b\u202e")
