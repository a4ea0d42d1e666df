"""The task list of a plan shows each file once, with its place."""

from __future__ import annotations

from bot.publish.answers import as_markdown, as_text
from bot.publish.rollout import rollout
from checks.model.report import Verdict
from checks.plan import Phase, Plan, Round, Step

PATH = "priv/repo/migrations/20260101120000_add_a.exs"
MODULE = "defmodule Shop.Repo.Migrations.AddA do\nend\n"


def _plan() -> Plan:
    first, second = (
        Step(
            phase=Phase.EXPAND,
            title=f"Step {number}.",
            sql=("SELECT 1",),
            no_undo="None.",
            path=PATH,
            line=number,
            file_path=PATH,
            file=MODULE if number == 1 else "",
        )
        for number in (1, 2)
    )
    return Plan(base="a", head="b", verdict=Verdict.WARN, rounds=(Round(steps=(first, second)),))


def test_a_file_is_shown_with_the_first_of_its_steps() -> None:
    text = as_markdown("plan", **rollout(_plan()))
    assert text.count("```elixir") == text.count("defmodule") == 1 and "SELECT 1" not in text
    assert f"- File: `{PATH}`\n" in text and f"- File: `{PATH}`, with the step before" in text


def test_a_terminal_shows_it_too() -> None:
    assert "defmodule Shop.Repo.Migrations.AddA do" in as_text("plan", width=100, **rollout(_plan()))
