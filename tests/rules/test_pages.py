"""Every rule is documented, and the committed pages are what its file says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from checks.model.findings import Severity
from checks.rules import all_rules, hazards
from checks.rules.pages import pages

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "rules"
HEADINGS = ["What it does", "Why it matters", "Setup", "Bad", "Good", "When it is fine", "References"]
WITHOUT_SQL = {
    **dict.fromkeys(
        (id for id in all_rules() if id.startswith("ecto-")),
        "about Elixir: tests/rules/test_ecto_language.py",
    ),
    **dict.fromkeys(
        (id for id in all_rules() if id.startswith("ash-")),
        "about snapshots in JSON: tests/ash/test_review.py",
    ),
    "flyway-concurrently-with-lock": "about Flyway's own lock: tests/frameworks/test_flyway.py",
    "missing-placeholder": "about the tool's configuration",
    "mixed-folder": "about the names of several tools' files",
    "psql-command": "about a line that is no SQL",
    "unreadable-file": "about bytes that are no text",
}


@pytest.mark.parametrize("id", all_rules())
def test_a_rule_is_documented(id: str) -> None:
    rule = all_rules()[id]
    headings = re.findall(r"^## (.+)$", rule.documentation, re.MULTILINE)
    missing = {"Bad", "Good", "Setup"} if id in WITHOUT_SQL else {"Setup"}
    assert [name for name in HEADINGS if name in headings or name not in missing] == headings
    assert rule.summary.endswith(".")
    assert len(rule.summary) < 110
    assert "](http" in rule.documentation or "](../" in rule.documentation
    assert isinstance(rule.severity, Severity)


def test_the_rules_that_a_rule_yields_to_exist() -> None:
    for rule in all_rules().values():
        assert rule.yields_to <= all_rules().keys()


def test_a_problem_of_the_files_has_a_rule_of_its_name() -> None:
    sources = [*(ROOT / "checks" / "frameworks").glob("*.py")]
    named = {name for source in sources for name in re.findall(r'rule="([a-z-]+)"', source.read_text())}
    assert named - all_rules().keys() == set()


def test_the_committed_pages_are_up_to_date() -> None:
    committed = {path.name: path.read_text() for path in FOLDER.glob("*.md")}
    assert committed == pages(), "run: python -m checks.rules.pages docs"
    documentation = {id: rule.documentation for id, rule in all_rules().items()}
    assert (ROOT / "docs" / "hazards.md").read_text() == hazards.page(documentation), (
        "run: python -m checks.rules.pages docs"
    )


def test_each_hazard_of_the_field_has_a_rule_or_a_reason() -> None:
    known = hazards.all_hazards()
    assert len(known) == 114
    assert [id for id, hazard in known.items() if not hazard.rules and not hazard.why] == []
    assert {rule for hazard in known.values() for rule in hazard.rules} - all_rules().keys() == set()


def test_a_hazard_that_only_a_strict_rule_finds_says_so() -> None:
    for id, hazard in hazards.all_hazards().items():
        strict = {rule for rule in hazard.rules if all_rules()[rule].preset == "strict"}
        assert not strict or "off by default" in hazard.why.lower(), id
        assert all(all_rules()[rule].severity is Severity.INFO for rule in strict), id


def test_a_page_names_the_rule_of_other_tools() -> None:
    assert "- squawk: `require-concurrent-index-creation`" in pages()["index-without-concurrently.md"]


def test_links_between_pages_lead_somewhere() -> None:
    for name, text in pages().items():
        for target in re.findall(r"\]\((?!http)([^)#]+)", text):
            assert (FOLDER / target).resolve().exists(), f"{name}: {target}"
