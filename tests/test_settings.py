"""The configuration file: values, and what is said about the ones that cannot be."""

from __future__ import annotations

import pytest

from checks.errors import SettingsError
from checks.settings import Settings, load
from checks.trees import MemoryTree


def test_no_file_means_the_defaults() -> None:
    assert load(MemoryTree({})) == (Settings(), ())


def test_values_from_yaml() -> None:
    text = "postgres: 16\nlimits:\n  statement_seconds: 5\nfolders:\n  - path: db\n    tool: goose\n"
    settings, problems = load(MemoryTree({".github/migration.yml": text}))
    assert (settings.postgres, settings.limits.statement_seconds, settings.folders[0].tool) == (
        16,
        5,
        "goose",
    )
    assert problems == ()


def test_values_from_pyproject() -> None:
    settings, _ = load(MemoryTree({"pyproject.toml": "[tool.migration]\npostgres = 15\n"}))
    assert settings.postgres == 15


def test_a_pyproject_without_our_table_is_not_ours() -> None:
    assert load(MemoryTree({"pyproject.toml": "not even toml ["}))[0] == Settings()


def test_an_unknown_key_is_said_with_its_line_and_the_nearest_name() -> None:
    text = "postgres: 16\nlimits:\n  statement_second: 5\nrow: 3\n"
    settings, problems = load(MemoryTree({"migration.yml": text}))
    assert settings.postgres == 16
    assert [(problem.rule, problem.line) for problem in problems] == [
        ("unknown-setting", 3),
        ("unknown-setting", 4),
    ]
    assert "Did you mean statement_seconds?" in problems[0].message
    assert "Did you mean rows?" in problems[1].message


def test_a_value_that_is_not_allowed() -> None:
    with pytest.raises(SettingsError, match="postgres: has to be less than or equal to 18, not 42") as caught:
        load(MemoryTree({"migration.yml": "# comment\npostgres: 42\n"}))
    assert (caught.value.path, caught.value.line) == ("migration.yml", 2)


@pytest.mark.parametrize("text", ["a: [", "- a\n- b\n", "just text"])
def test_a_file_that_is_no_mapping(text: str) -> None:
    with pytest.raises(SettingsError):
        load(MemoryTree({"migration.yml": text}))


def test_off_needs_no_quotes_in_yaml() -> None:
    settings, _ = load(MemoryTree({"migration.yml": "rules:\n  drop-column: off\n"}))
    assert settings.rules == {"drop-column": "off"}
