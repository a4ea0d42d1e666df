from __future__ import annotations

import json

import pytest
from sample_reports import (
    HOSTILE,
    approval,
    context,
    failing_report,
    finding,
    hostile_report,
    hostile_summary,
    passing_report,
    waived_report,
)

from bot.approvals import unproven_id
from bot.publish.check_output import MOST_MESSAGE, MOST_TEXT, MOST_TITLE, Step
from bot.publish.check_run import broken, check_run, in_progress, no_migrations, queued
from checks.model.findings import Severity, Unproven
from checks.model.report import Report, Verdict

UNPROVEN = Unproven(path="db/1.go", line=1, reason="a Go migration")


def report(verdict: Verdict, **more: object) -> Report:
    return passing_report().model_copy(update={"verdict": verdict, **more})


def warning() -> Report:
    return report(Verdict.WARN, findings=(finding("json-column", Severity.WARNING, "db/1.sql", 1),))


def irreversible() -> Report:
    lost = finding("drop-column", Severity.ERROR, "db/1.sql", 1, irreversible=True)
    return report(Verdict.NEEDS_APPROVAL, findings=(lost,))


def unproven() -> Report:
    return report(Verdict.UNPROVEN, unproven=(UNPROVEN,))


@pytest.mark.parametrize(
    ("report", "conclusion", "buttons"),
    [
        (passing_report(), "success", ["validate"]),
        (warning(), "neutral", ["validate", "explain"]),
        (irreversible(), "action_required", ["validate", "approve", "explain"]),
        (unproven(), "action_required", ["validate", "approve"]),
        (failing_report(), "failure", ["validate", "approve", "explain"]),
    ],
    ids=["pass", "warn", "needs approval", "unproven", "fail"],
)
def test_a_verdict_has_its_conclusion_and_its_buttons(
    report: Report, conclusion: str, buttons: list[str]
) -> None:
    output = check_run(report, context(report))
    assert (output.status, output.conclusion) == ("completed", conclusion)
    assert [action.identifier for action in output.actions] == buttons


def test_what_was_taken_unproven_is_neutral_and_the_title_says_so() -> None:
    output = check_run(unproven(), context(unproven(), approval(unproven_id(UNPROVEN))))
    assert output.conclusion == "neutral"
    assert (
        output.title
        == "PASS: 1 migration: nothing else stands against it; 1 unproven part taken unproven by ada"
    )


def test_an_approved_loss_succeeds_and_names_who_approved_it() -> None:
    output = check_run(irreversible(), context(irreversible(), approval("drop-column-1")))
    assert output.conclusion == "success"
    assert output.title.endswith("1 irreversible step approved by ada")
    assert "approve" not in [action.identifier for action in output.actions]
    assert "`ada`" in (output.text or "")
    assert [(one.annotation_level, one.title) for one in output.annotations] == [
        ("notice", "drop-column (approved)")
    ]


def test_a_waived_hazard_succeeds_as_a_notice_and_is_no_problem_of_the_title() -> None:
    output = check_run(*waived_report())
    assert output.conclusion == "success"
    assert output.title == "PASS: 1 migration: nothing else stands against it; 1 finding waived by ada"
    (mark,) = output.annotations
    assert (mark.annotation_level, mark.title) == ("notice", "adding-not-nullable-field (waived)")
    assert "1. Nothing stands against it" in output.summary


def test_the_gravest_annotation_is_the_first() -> None:
    levels = [
        one.annotation_level for one in check_run(failing_report(), context(failing_report())).annotations
    ]
    assert levels == ["failure", "warning", "warning", "warning", "warning"]


def test_annotations_go_in_requests_of_fifty_and_only_the_first_concludes() -> None:
    many = tuple(finding("drop-table", Severity.ERROR, f"db/{one}.sql", 1) for one in range(120))
    big = failing_report().model_copy(update={"findings": many, "unproven": ()})
    first, *later = check_run(big, context(big)).requests()
    sizes = [len(body["output"]["annotations"]) for body in (first, *later)]
    assert sizes == [50, 50, 20]
    assert first["conclusion"] == "failure" and first["name"] == "Migration Specialist"
    assert not any("conclusion" in body for body in later)


def test_no_text_is_longer_than_github_takes_and_the_cut_is_said() -> None:
    many = tuple(
        finding("drop-table", Severity.ERROR, "db/1.sql", 1, message=f"{HOSTILE} 表" * 800, migration=None)
        for _ in range(50)
    )
    big = failing_report().model_copy(update={"findings": many, "headline": "表" * 300})
    output = check_run(big, context(big))
    assert len(output.title.encode()) <= MOST_TITLE and output.title.endswith("…")
    assert len(output.summary.encode()) <= MOST_TEXT
    assert len((output.text or "").encode()) <= MOST_TEXT
    assert "… and 30 more." in output.summary
    assert all(len(one.message.encode()) <= MOST_MESSAGE for one in output.annotations)
    assert "the report has all of it" in output.annotations[0].message


def test_strangers_text_goes_into_the_request_as_visible_text() -> None:
    output = check_run(hostile_report(), context(hostile_report(), summary=hostile_summary()))
    sent = json.dumps(output.requests(), ensure_ascii=False)
    assert not set(sent) & set("\x1b\x00\x9b\u202e")
    assert "\n" not in output.title


def test_a_review_on_its_way_lists_its_steps() -> None:
    assert queued().requests()[0]["status"] == "queued"
    output = in_progress([Step(name="snapshot", state="done"), Step(name="run | @all", state="running")])
    assert output.title == "run | @all"
    assert output.summary == "- ✅ snapshot\n- ⏳ run \\| @&#8203;all"


def test_a_commit_without_migrations_succeeds_so_that_a_required_check_is_reported() -> None:
    assert no_migrations().conclusion == "success"


def test_a_broken_review_is_no_success_and_can_be_tried_again() -> None:
    output = broken("The sandbox did not start: <b>no space</b>.")
    assert output.conclusion == "failure"
    assert "&lt;b&gt;no space" in output.summary
    assert [action.identifier for action in output.actions] == ["validate"]
