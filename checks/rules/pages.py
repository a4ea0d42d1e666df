"""The pages of the rules, one per rule and an index, written from the rules' docstrings.

``python -m checks.rules.pages docs/rules`` writes them; the tests hold the committed ones to what it writes.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from checks.rules import Rule, all_rules

_INDEX = """\
# Rules

What each rule looks for, why, and how to do better. The SQL on these pages is run by the tests: the bad example
shows the hazard on a real PostgreSQL, the good one does not.

Severities are those of the rule itself; a finding can be graver or lighter where the page says so, and the
configuration can change or turn off a rule ([rules](../configuration.md#rules)).

| rule | severity | |
|---|---|---|
"""


def pages() -> Mapping[str, str]:
    """File name → content."""
    rules = all_rules()
    rows = (f"| [{id}]({id}.md) | {rule.severity} | {rule.summary} |\n" for id, rule in rules.items())
    return {"README.md": _INDEX + "".join(rows)} | {f"{id}.md": page(rule) for id, rule in rules.items()}


def page(rule: Rule) -> str:
    summary, _, rest = rule.documentation.strip().partition("\n\n")
    return f"# {rule.id}\n\n{summary}\n\nSeverity: {rule.severity}.\n\n{rest.strip()}\n"


def write(folder: Path) -> None:
    """Write all pages, and remove those of rules that are gone."""
    wanted = pages()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
