from __future__ import annotations

import pytest
import sample_reports

from bot.handoff import Handoff, handoff
from checks.settings import HandoffSettings, Settings

REPORT = sample_reports.failing_report()


def asked(author: str = "", **rule: object) -> Handoff:
    settings = Settings(handoff=(HandoffSettings.model_validate({"teams": ["dba"], **rule}),))
    return handoff(settings, REPORT, author)


@pytest.mark.parametrize(
    "rule",
    [
        {"risk": "high"},
        {"risk": "medium"},
        {"tables": ["customers"]},
        {"tables": ["public.cust*"]},
        {"hazards": ["drop-column"]},
        {"hazards": ["truncate", "drop-column"], "risk": "low", "tables": ["*"]},
        {},
    ],
)
def test_a_rule_holds_when_all_its_conditions_do(rule: dict[str, object]) -> None:
    assert asked(**rule).teams == ("dba",)


@pytest.mark.parametrize(
    "rule",
    [
        {"risk": "critical"},
        {"tables": ["billing.*"]},
        {"hazards": ["truncate"]},
        {"hazards": ["drop-column"], "risk": "critical"},
        {"hazards": ["drop-column"], "tables": ["billing.*"]},
    ],
)
def test_a_rule_does_not_hold_when_one_condition_does_not(rule: dict[str, object]) -> None:
    assert asked(**rule) == Handoff()


def test_the_reason_says_who_and_why() -> None:
    found = asked(hazards=["drop-column"], reviewers=["ann", "bob"], labels=["schema"])
    assert found.reasons == ("ann, bob, team dba, label schema: hazards drop-column",)


def test_the_author_is_not_asked() -> None:
    assert asked("Ann", reviewers=["ann", "bob"]).reviewers == ("bob",)


def test_names_of_several_rules_are_asked_once() -> None:
    rule = HandoffSettings(teams=("dba",), labels=("schema",))
    assert handoff(Settings(handoff=(rule, rule)), REPORT).teams == ("dba",)


def test_without_a_migration_nobody_is_asked() -> None:
    nothing = REPORT.model_copy(update={"migrations": (), "findings": ()})
    assert handoff(Settings(handoff=(HandoffSettings(teams=("dba",)),)), nothing) == Handoff()
