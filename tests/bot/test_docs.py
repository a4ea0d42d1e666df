"""What the documentation says is what the program does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import click
import pytest
import yaml
from pydantic import BaseModel

from bot.cli import cli
from bot.commands.pages import with_page
from bot.publish.schema import audit_schema, plan_schema, report_schema
from checks.audit import all_questions
from checks.rules import all_rules
from checks.settings import (
    ApprovalSettings,
    CommandSettings,
    FolderSettings,
    HandoffSettings,
    Limits,
    Settings,
)

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
CONFIGURATION = (DOCS / "configuration.md").read_text()
README = (ROOT / "README.md").read_text()
COMMANDS = (DOCS / "commands.md").read_text()


def section(heading: str) -> str:
    found = re.search(rf"^#+ {re.escape(heading)}$(.*?)(?=^#|\Z)", CONFIGURATION, re.MULTILINE | re.DOTALL)
    assert found, f"docs/configuration.md has no section {heading}"
    return found[1]


def keys(model: type[BaseModel], prefix: str = "") -> list[tuple[str, object]]:
    return [(f"{prefix}{name}", field.get_default()) for name, field in model.model_fields.items()]


DOCUMENTED = [
    *keys(Settings),
    *keys(Limits, "limits."),
    *keys(FolderSettings, "folders."),
    *keys(ApprovalSettings, "approvals."),
    *keys(HandoffSettings, "handoff."),
    *keys(CommandSettings, "commands."),
]
SECTIONS = ("limits", "approvals", "folders.path")
"""They have no default of their own."""


@pytest.mark.parametrize(("key", "default"), DOCUMENTED, ids=[key for key, _ in DOCUMENTED])
def test_each_setting_is_documented_with_its_default(key: str, default: object) -> None:
    text = section(key)
    if key not in SECTIONS:
        written = re.search(r"Default:\s`([^`]*)`", text)
        assert written, f"{key}: no default"
        assert json.loads(written[1]) == (list(default) if isinstance(default, tuple) else default)


def test_no_setting_is_documented_that_does_not_exist() -> None:
    headings = re.findall(r"^####? (.+)$", CONFIGURATION, re.MULTILINE)
    assert sorted(headings) == sorted(key for key, _ in DOCUMENTED)


def test_the_examples_of_settings_are_valid() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", CONFIGURATION, re.DOTALL)
    assert len(examples) > 15
    for example in examples:
        Settings.model_validate(yaml.safe_load(example))


def commands(group: click.Group, prefix: str) -> list[tuple[str, click.Command]]:
    found = []
    for name, command in group.commands.items():
        found += (
            commands(command, f"{prefix} {name}")
            if isinstance(command, click.Group)
            else [(f"{prefix} {name}", command)]
        )
    return found


@pytest.mark.parametrize(("name", "command"), commands(cli, "migration"), ids=lambda value: str(value))
def test_each_command_is_documented_with_its_options(name: str, command: click.Command) -> None:
    assert f"\n## {name}\n" in COMMANDS
    for parameter in command.params:
        for option in (
            parameter.opts if isinstance(parameter, click.Option) else [parameter.human_readable_name]
        ):
            assert option in COMMANDS, f"{name}: {option}"


@pytest.mark.parametrize(
    ("document", "schema"), [("report", report_schema), ("audit", audit_schema), ("plan", plan_schema)]
)
def test_the_published_schemas_are_current(document: str, schema: Callable[[], str]) -> None:
    assert (DOCS / f"{document}.schema.json").read_text() == schema(), (
        f"run: migration schema {document} > docs/{document}.schema.json"
    )


def test_the_commands_of_a_pull_request_are_documented_as_they_declare_it() -> None:
    assert with_page(COMMANDS) == COMMANDS, "run: python -m bot.commands.pages docs/commands.md"


@pytest.mark.parametrize("id", all_questions())
def test_each_question_of_the_audit_is_documented(id: str) -> None:
    summary = " ".join((all_questions()[id].__doc__ or "").strip().partition("\n\n")[0].split())
    assert f"| `{id}` | {summary} |" in COMMANDS


def test_ci_runs_the_tests_as_the_readme_states_it() -> None:
    first, second = re.findall(r"```sh\n(.*?)\n```", README)[:2]
    assert first.endswith("migration demo")
    assert second in (ROOT / ".ci" / "run").read_text().splitlines()


def test_rules_that_examples_name_exist() -> None:
    named = {
        rule for text in (CONFIGURATION, README) for rule in re.findall(r"migration:ignore ([\w-]+)", text)
    }
    for example in re.findall(r"```yaml\n(.*?)```", CONFIGURATION + README, re.DOTALL):
        named |= set(yaml.safe_load(example).get("rules", {}))
    assert named and named <= set(all_rules())


def test_the_rules_that_statistics_weigh_are_listed() -> None:
    listed = set(re.findall(r"\]\(rules/([\w-]+)\.md\)", (DOCS / "statistics.md").read_text()))
    assert listed == {rule.id for rule in all_rules().values() if rule.scales}
