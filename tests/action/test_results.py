"""What a job leaves behind keeps within GitHub's limits, and says what the report says."""

from __future__ import annotations

import pytest

from bot.action.handed import Handed
from bot.action.job import Inputs
from bot.action.results import facts_of, summary_of
from bot.action.reviewing import as_wished, review
from checks.errors import UsageError
from checks.settings import CommandSettings, Settings
from checks.trees import MemoryTree
from tests.bot.sample_reports import context, failing_report

SUMMARY_BYTES = 1024 * 1024
"""GitHub's limit for the summary of a step."""


def test_a_summary_stays_below_the_limit_whatever_the_report_holds() -> None:
    report = failing_report()
    wide = report.findings[0].model_copy(update={"message": "🐘" * 20_000})
    large = report.model_copy(update={"findings": (wide,) * 2_000})
    text = summary_of(large, context(large))
    assert 10_000 < len(text.encode()) < SUMMARY_BYTES
    assert "more" in text


def test_without_a_report_the_summary_says_why() -> None:
    assert "No migration changed" in summary_of(None, context(failing_report()))
    assert facts_of(Handed().report)["verdict"] == "pass"


def test_the_counts_are_those_of_the_report() -> None:
    report, facts = failing_report(), facts_of(failing_report())
    assert sum(int(facts[name]) for name in ("errors", "warnings", "infos")) == len(report.findings)
    assert (facts["verdict"], facts["risk"]) == (report.verdict.value, report.risk.level.value)


def test_an_input_counts_more_than_the_configuration() -> None:
    configured = Settings(postgres=15, provider="docker", rows=7)
    wished = as_wished(configured, Inputs(postgres=17, server_url="postgresql://localhost/x"))
    assert (wished.postgres, wished.provider, wished.rows) == (17, "docker", 7)
    assert wished.server_url == "postgresql://localhost/x"


@pytest.mark.parametrize("path", ["", ".", "./"])
def test_the_root_is_everything(path: str) -> None:
    assert as_wished(Settings(), Inputs(path=path)).folders == ()


def test_a_folder_is_looked_at_alone() -> None:
    assert [one.path for one in as_wished(Settings(), Inputs(path="./db/")).folders] == ["db"]


@pytest.mark.parametrize("path", ["/etc", "../other", "db/../../x"])
def test_a_path_out_of_the_repository_is_refused(path: str) -> None:
    with pytest.raises(UsageError, match="leaves the repository"):
        as_wished(Settings(), Inputs(path=path))


def test_commands_are_not_run_where_their_files_are_not() -> None:
    tree = MemoryTree({"migrate.py": "import os"}, "head")
    with pytest.raises(UsageError, match="is not checked out"):
        review(tree, tree, Settings(commands=CommandSettings(migrate="python migrate.py")))


def test_commands_know_nothing_of_a_folder() -> None:
    configured = Settings(commands=CommandSettings(migrate="python migrate.py"))
    assert as_wished(configured, Inputs(path="db")).commands is None
    assert as_wished(configured, Inputs()).commands is not None
