"""What people write, and what comes of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from commented import HEAD, IRREVERSIBLE, NOON, PUSHED, REPORT, UNPROVEN, World

from bot.commands.permissions import OWN_PULL_REQUEST
from bot.commands.ports import Comment, Permission, Reaction
from bot.commands.registry import ORDER, all_commands
from bot.commands.words.approve import WHICH
from checks.settings import ApprovalSettings, Settings

GOOD, BAD = [Reaction.EYES, Reaction.GOOD], [Reaction.EYES, Reaction.BAD]
ALL = (IRREVERSIBLE, *UNPROVEN)


@pytest.fixture
def world() -> World:
    return World()


# ── Seen, done, said ────────────────────────────────────────────────────────────────────────────────


def test_a_command_is_seen_at_once_and_answered_with_a_thumb(world: World) -> None:
    assert world.says("rita", "/migration help").startswith("> `/migration help`\n\n")
    assert world.reactions == GOOD


def test_talk_is_left_alone(world: World) -> None:
    assert world.says("rita", "nice work") == ""
    assert world.reactions == []


def test_what_a_bot_writes_is_no_command(world: World) -> None:
    world.says("wendy", "/migration approve all", by_bot=True)
    assert (world.reactions, world.given) == ([], [])


def test_an_unknown_word_gets_the_nearest_one(world: World) -> None:
    reply = world.says("wendy", "/migration aprove all")
    assert "There is no command `aprove`. Did you mean `/migration approve`?" in reply
    assert world.reactions == BAD


def test_each_line_is_answered_by_itself(world: World) -> None:
    world.says("wendy", "/migration status\n/migration nonsense")
    assert list(world.replies) == ["1:1", "1:2"]
    assert world.reactions == [Reaction.EYES, Reaction.GOOD, Reaction.BAD]


def test_a_delivery_that_comes_twice_changes_nothing(world: World) -> None:
    comment = Comment(
        id=5, author="wendy", body="/migration approve all", created_at=NOON + timedelta(minutes=1)
    )
    world.hears(comment)
    world.hears(comment)
    assert len(world.given) == len(ALL)
    assert len(world.entries) == 1


def test_what_a_stranger_wrote_cannot_leave_the_quotation(world: World) -> None:
    reply = world.says("rita", "/migration <img src=x>`@everyone` [x](http://evil)")
    assert "<img" not in reply and "](http" not in reply
    assert reply.count("\n\n") == 1


# ── Who may ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_author_may_validate_a_branch_of_the_repository(world: World) -> None:
    world.permissions["ann"] = Permission.READ
    world.says("Ann", "/migration validate")
    assert (world.started, world.reactions) == (1, GOOD)


def test_a_fork_is_validated_when_somebody_with_write_access_says_so() -> None:
    world = World(fork=True)
    world.permissions["ann"] = Permission.READ
    assert "The branch is in a fork" in world.says("ann", "/migration validate")
    assert world.started == 0
    world.says("wendy", "/migration validate")
    assert world.started == 1


@pytest.mark.parametrize(
    "command", ["validate", "audit", "pause", "resume", "approve all", "revoke", "ignore x y"]
)
@pytest.mark.parametrize("login", ["rita", "nobody"])
def test_readers_and_strangers_change_nothing(world: World, command: str, login: str) -> None:
    assert "(you have `" in world.says(login, f"/migration {command}")
    assert world.reactions == BAD
    assert (world.started, world.republished, world.given, world.accepted, world.entries) == (
        0,
        0,
        [],
        [],
        [],
    )


def test_the_author_cannot_approve(world: World) -> None:
    assert OWN_PULL_REQUEST in world.says("ANN", "/migration approve all")
    assert world.given == []


def test_the_author_can_when_the_base_allows_it() -> None:
    world = World(settings=Settings(approvals=ApprovalSettings(author=True)))
    world.says("ann", "/migration approve all")
    assert [one.by for one in world.given] == ["ann"] * len(ALL)


def test_the_base_can_ask_for_a_higher_role() -> None:
    world = World(settings=Settings(approvals=ApprovalSettings(permission="maintain")))
    assert "takes the role `maintain` or more" in world.says("wendy", "/migration approve all")
    world.says("max", "/migration approve all")
    assert {one.by for one in world.given} == {"max"}


def test_with_teams_only_their_members_approve() -> None:
    world = World(settings=Settings(approvals=ApprovalSettings(teams=("dba",))), teams={"dba": {"rita"}})
    assert "a member of the team dba" in world.says("max", "/migration approve all")
    world.says("rita", "/migration approve all")
    assert {one.by for one in world.given} == {"rita"}


# ── approve, revoke ─────────────────────────────────────────────────────────────────────────────────


def test_an_approval_says_who_when_what_and_for_which_commit(world: World) -> None:
    assert world.says("wendy", "/migration approve all we keep a copy") == ""
    assert [one.item for one in world.given] == list(ALL)
    assert {(one.by, one.head_sha, one.reason) for one in world.given} == {("wendy", HEAD, "we keep a copy")}
    (entry,) = world.entries
    assert (entry.action, entry.what, entry.by, entry.head_sha, entry.reason) == (
        "approve",
        ALL,
        "wendy",
        HEAD,
        "we keep a copy",
    )
    assert world.republished == 1


def test_one_finding_is_approved_by_the_beginning_of_its_id(world: World) -> None:
    world.says("wendy", f"/migration approve `{IRREVERSIBLE[:6]}`")
    assert [one.item for one in world.given] == [IRREVERSIBLE]


def test_what_could_not_be_proven_can_be_approved(world: World) -> None:
    world.says("wendy", f"/migration approve {UNPROVEN[0]} looked at it by hand")
    assert [one.item for one in world.given] == [UNPROVEN[0]]


def test_what_can_be_mended_is_not_approved(world: World) -> None:
    mendable = next(one for one in REPORT.findings if not one.irreversible)
    assert "nothing that can be approved" in world.says("wendy", f"/migration approve {mendable.id}")
    assert world.given == []


def test_an_approval_has_to_say_of_what(world: World) -> None:
    assert WHICH in world.says("wendy", "/migration approve")


def test_a_push_after_the_comment_refuses_it(world: World) -> None:
    world.head = PUSHED
    world.heads.append((NOON + timedelta(minutes=6), PUSHED))
    assert "There is no report for `bbbbbbb` yet" in world.says("wendy", "/migration approve all")
    assert world.given == []


def test_a_push_back_to_the_reviewed_commit_does_not_help(world: World) -> None:
    world.heads += [(NOON + timedelta(minutes=4), PUSHED), (NOON + timedelta(minutes=6), HEAD)]
    assert "you saw `bbbbbbb`, the newest commit is `aaaaaaa`" in world.says(
        "wendy", "/migration approve all"
    )
    assert world.given == []


def test_a_report_that_came_after_the_comment_was_not_seen(world: World) -> None:
    assert "came after you wrote this" in world.says("wendy", "/migration approve all", minutes=-1)
    assert world.given == []


def test_when_no_event_tells_what_they_saw_it_is_refused(world: World) -> None:
    world.heads.clear()
    assert "not known which commit you saw" in world.says("wendy", "/migration approve all")
    assert world.given == []


def test_an_approval_is_taken_back_and_both_stay_in_the_trail(world: World) -> None:
    world.says("wendy", "/migration approve all")
    world.says("max", f"/migration revoke {IRREVERSIBLE[:8]}")
    assert [one.item for one in world.given] == UNPROVEN
    assert [(entry.by, entry.action) for entry in world.entries] == [("wendy", "approve"), ("max", "revoke")]
    world.says("max", "/migration revoke")
    assert world.given == []
    assert "no approval to take back" in world.says("max", "/migration revoke")


# ── ignore ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_hazard_is_accepted_until_a_day_for_a_reason(world: World) -> None:
    world.says("wendy", "/migration ignore index-without-concurrently until 2026-12-24 we deploy at night")
    (waiver,) = world.accepted
    assert (waiver.rule, waiver.until, waiver.reason, waiver.by) == (
        "index-without-concurrently",
        date(2026, 12, 24),
        "we deploy at night",
        "wendy",
    )
    assert world.entries[0].what == ("index-without-concurrently",)


def test_without_a_day_it_is_thirty_days(world: World) -> None:
    world.says("wendy", "/migration ignore lock-timeout-missing ten rows")
    assert world.accepted[0].until == date(2026, 12, 28)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("", "Say which hazard and why"),
        ("drop-colum because", "Did you mean `drop-column`?"),
        ("lock-timeout-missing", "Say why"),
        ("lock-timeout-missing until 2026-12-24", "Say why"),
        ("lock-timeout-missing until tomorrow x", "`tomorrow` is no date like 2026-12-31."),
        ("lock-timeout-missing until 2026-11-27 x", "2026-11-27 is over."),
        ("lock-timeout-missing until 2099-01-01 x", "too far away"),
        ("drop-column x", f"approved, one by one: `/migration approve {IRREVERSIBLE}`"),
    ],
)
def test_a_waiver_that_says_too_little_or_too_much_is_refused(
    world: World, arguments: str, said: str
) -> None:
    assert said in world.says("wendy", f"/migration ignore {arguments}")
    assert (world.accepted, world.entries) == ([], [])


# ── The others ──────────────────────────────────────────────────────────────────────────────────────


def test_pause_and_resume(world: World) -> None:
    world.says("ann", "/migration pause")
    assert (world.is_paused, world.republished) == (True, 1)
    world.says("ann", "/migration resume")
    assert (world.is_paused, world.started) == (False, 1)
    assert [entry.action for entry in world.entries] == ["pause", "resume"]


def test_status_says_what_is_open_and_who_said_what(world: World) -> None:
    before = world.says("rita", "/migration status")
    assert "Needs an approval" in before and IRREVERSIBLE in before and UNPROVEN[0] in before
    world.says("wendy", "/migration approve all we keep a copy")
    after = world.says("rita", "/migration status")
    assert "Needs an approval" not in after
    assert f"`{IRREVERSIBLE}` by `wendy` on 2026-11-28 12:05 UTC for `aaaaaaa`: we keep a copy" in after


def test_explain_lists_the_findings_and_explains_one(world: World) -> None:
    assert IRREVERSIBLE in world.says("rita", "/migration explain")
    one = world.says("rita", "/migration explain drop-column")
    assert f"Its id is `{IRREVERSIBLE}`." in one and "## Why it matters" in one
    assert "Did you mean `drop-column`?" in world.says("rita", "/migration explain drop-kolumn")


def test_fix_shows_only_what_was_proven(world: World) -> None:
    advice = next(one.advice for one in REPORT.findings if one.advice)
    shown = world.says("rita", "/migration fix index-without-concurrently")
    assert (advice.files[0].content.splitlines()[0] in shown) is advice.proven
    assert "no safer script has been proven" in world.says("rita", "/migration fix drop-column")


def test_plan_and_rollback_answer_from_the_report(world: World) -> None:
    assert "## Rollout without downtime" in world.says("rita", "/migration plan")
    assert "## Way back" in world.says("rita", "/migration rollback")


def test_config_shows_what_the_base_sets_but_no_password() -> None:
    world = World(settings=Settings(postgres=16, server_url="postgresql://u:secret@db/x"))
    shown = world.says("rita", "/migration config")
    assert "postgres: 16" in shown and "secret" not in shown


def test_audit_looks_at_the_base_on_a_real_server() -> None:
    table = "-- migrate:up\nCREATE TABLE logs (line text);\n-- migrate:down\nDROP TABLE logs;\n"
    world = World(files={"db/migrations/0001_logs.sql": table})
    assert "`logs` has no primary key" in world.says("wendy", "/migration audit")


def test_without_a_report_of_the_head_nothing_is_answered_from_an_old_one(world: World) -> None:
    world.head = PUSHED
    assert "Wait for the check" in world.says("rita", "/migration plan")
    assert world.reactions == BAD


def test_what_cannot_be_carried_out_is_said_in_a_sentence() -> None:
    world = World(
        files={"db/migrations/0001_a.sql": "-- migrate:up\nSELECT 1;\n"},
        base_settings=Settings(seed="x", prelude="gone.sql", provider="bundled"),
    )
    assert "gone.sql: no such file." in world.says("wendy", "/migration audit")
    assert world.reactions == BAD


@pytest.mark.parametrize("word", all_commands())
def test_every_command_has_help_with_examples_of_itself(world: World, word: str) -> None:
    shown = world.says("rita", f"/migration help {word}")
    command = all_commands()[word]
    assert f"/migration {word}" in shown
    assert all(example.startswith(f"/migration {word}") and example in shown for example in command.examples)


def test_help_lists_every_command_in_order(world: World) -> None:
    shown = world.says("rita", "/migration help")
    places = [shown.index(f"- `/migration {word}") for word in ORDER]
    assert list(all_commands()) == list(ORDER)
    assert places == sorted(places)
