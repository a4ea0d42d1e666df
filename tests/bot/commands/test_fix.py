"""``/migration fix``: what is offered, in which order, and as a commit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from commented import HEAD, PUSHED, REPORT, World

from bot.commands.ports import Reaction
from bot.fixes import Source, fixes_for
from bot.summary.model import Redesign, Sentence, Summary
from checks.model.findings import Advice, AdviceFile, Finding

FAILS = next(one for one in REPORT.findings if one.rule == "statement-fails")
INDEX = next(one for one in REPORT.findings if one.rule == "index-without-concurrently")
HISTORY = REPORT.histories[0].id
FILE = AdviceFile(path="db/migrations/20260603090000_fill.sql", content="-- +goose Up\nSELECT 1;\n")


def summary(*, works: bool) -> Summary:
    found = Redesign(
        analysis=(), files=(FILE,), gone=(FAILS.path,), history=HISTORY, works=works, seen=("It ran.",)
    )
    return Summary(headline=Sentence(text="It fails.", rests_on=()), redesign=found)


def failing(*, advised: bool) -> Finding:
    """The finding about the statement that fails, of the history that the redesign is for."""
    migration = next(one for one in REPORT.migrations if one.path == FAILS.path)
    advice = Advice(title="Fill it first", proven=True, files=(FILE,)) if advised else None
    return FAILS.model_copy(
        update={
            "migration": f"{HISTORY}/3",
            "evidence": tuple(seen.id for seen in migration.up.statements if seen.error),
            "advice": advice,
        }
    )


def world(finding: Finding, written: Summary | None = None) -> World:
    findings = tuple(finding if one.id == finding.id else one for one in REPORT.findings)
    migrations = tuple(
        one.model_copy(update={"id": f"{HISTORY}/3"}) if one.path == FAILS.path else one
        for one in REPORT.migrations
    )
    report = REPORT.model_copy(update={"findings": findings, "migrations": migrations})
    return World(report=report, summary=written)


def test_proven_advice_comes_first_then_a_redesign_that_works_then_a_simple_fix() -> None:
    there = world(failing(advised=True), summary(works=True))
    found = fixes_for(failing(advised=True), there.report, there.summary)
    assert [one.source for one in found] == [Source.ADVICE, Source.REDESIGN, Source.ATTEMPT]
    assert found[1].gone == (FAILS.path,)


def test_a_redesign_that_does_not_work_and_fixes_of_other_statements_are_not_offered() -> None:
    there = world(failing(advised=False), summary(works=False))
    assert [one.source for one in fixes_for(failing(advised=False), there.report, there.summary)] == [
        Source.ATTEMPT
    ]
    other = failing(advised=False).model_copy(update={"evidence": ()})
    assert fixes_for(other, there.report, there.summary) == []


def test_a_fix_is_shown_as_a_pattern_and_on_the_repositorys_own_tables() -> None:
    shown = World().says("rita", "/migration fix index-without-concurrently")
    pattern, _, here = shown.partition("Here, ")
    assert "CREATE INDEX CONCURRENTLY users_email_idx ON users (email);" in pattern
    assert "CREATE INDEX CONCURRENTLY orders_customer_id_idx ON orders (customer_id);" in here
    assert f"`/migration fix {INDEX.id} commit`" in here


def test_a_models_proposal_says_that_it_is_one() -> None:
    shown = world(failing(advised=False), summary(works=True)).says("rita", "/migration fix statement-fails")
    assert "Here, a proposal of a model's" in shown and "It ran." in shown
    assert FAILS.path in shown.partition("In the place of")[2]


def test_somebody_who_may_write_gets_a_commit_and_the_trail_has_it() -> None:
    there = world(failing(advised=False), summary(works=True))
    said = there.says("wendy", f"/migration fix {FAILS.id} commit")
    assert "Committed `c0ffee0` to `work`" in said
    assert (there.written, there.removed) == ({FILE.path: FILE.content}, [FAILS.path])
    (entry,) = there.entries
    assert (entry.by, entry.action, entry.what, entry.head_sha) == ("wendy", "fix", (FAILS.id,), HEAD)


def test_a_commit_that_a_crash_left_behind_is_found_and_not_made_again() -> None:
    there = world(failing(advised=False), summary(works=True))
    first = there.says("wendy", f"/migration fix {FAILS.id} commit")
    there.written.clear()
    there.last -= 1
    there.replies.clear()
    assert there.says("wendy", f"/migration fix {FAILS.id} commit") == first
    assert there.written == {} and len(there.entries) == 1


@pytest.mark.parametrize(
    ("login", "line", "said"),
    [
        (
            "rita",
            f"/migration fix {FAILS.id} commit",
            "A commit takes write access to the repository (you have `read`).",
        ),
        ("wendy", "/migration fix commit", "Name the finding"),
        ("wendy", "/migration fix drop-column commit", "no fix of it has been run and works"),
    ],
)
def test_a_commit_that_may_not_be_or_has_nothing_in_it_is_refused(login: str, line: str, said: str) -> None:
    there = world(failing(advised=False))
    assert said in there.says(login, line)
    assert there.reactions == [Reaction.EYES, Reaction.BAD]
    assert not there.commits and not there.entries


def test_a_way_of_several_deploys_is_shown_in_its_order_and_never_one_commit() -> None:
    later = FILE.model_copy(update={"needs": "Code that writes both columns."})
    advice = Advice(title="In two deploys", proven=True, files=(FILE, later))
    finding = FAILS.model_copy(update={"advice": advice, "evidence": ()})
    there = world(finding)
    shown = there.says("wendy", "/migration fix statement-fails")
    assert "Deploy this first: Code that writes both columns." in shown and "makes it a commit" not in shown
    assert "takes several deploys" in there.says("wendy", f"/migration fix {FAILS.id} commit")
    assert not there.commits


def test_a_push_that_came_in_meanwhile_and_a_branch_that_takes_nothing_are_refused() -> None:
    there = world(failing(advised=False))
    pushed = replace(there, head=PUSHED)
    assert "There is no report for" in pushed.says("wendy", f"/migration fix {FAILS.id} commit")
    closed = replace(there, refuses="The branch is in a fork.")
    assert "The branch is in a fork." in closed.says("wendy", f"/migration fix {FAILS.id} commit")
    assert not pushed.entries and not closed.entries
