"""The pages of the rules, one per rule and an index, written from the rules' docstrings, and the table of hazards.

``python -m checks.rules.pages docs`` writes them; the tests hold the committed ones to what it writes.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from checks.rules import Rule, all_rules, hazards, observed

_INDEX = """\
# Rules

What each rule looks for, why, and how to do better. The SQL on these pages is run by the tests: the bad example
shows the hazard on a real PostgreSQL, the good one does not.

Severities are those of the rule itself; a finding can be graver or lighter where the page says so, and the
configuration can change or turn off a rule ([rules](../configuration.md#rules)). Rules of style and policy are off unless
the configuration asks for the preset [strict](../configuration.md#preset). [Which hazards of the field](../hazards.md) they find.

| rule | severity | |
|---|---|---|
"""

_ACCEPTED = """
## To accept it

In the file, on the line above the statement or at its end; with `until:` and a day, for a time
([suppressions](../configuration.md#accepting-a-finding)):

```sql
-- migration:ignore {id} reason: why it is fine here
```

Everywhere, in `.github/migration.yml`: `rules: {{{id}: off}}`.
"""


def pages() -> Mapping[str, str]:
    """File name → content."""
    rules = all_rules()
    rows = (f"| [{id}]({id}.md) | {_severity(rule)} | {rule.summary} |\n" for id, rule in rules.items())
    return {"README.md": _INDEX + "".join(rows)} | {f"{id}.md": page(rule) for id, rule in rules.items()}


def page(rule: Rule) -> str:
    summary, _, rest = rule.documentation.strip().partition("\n\n")
    strict = " Off by default, on with the preset [strict](../configuration.md#preset)."
    preset = strict if rule.preset == "strict" else ""
    scales = (
        " With [statistics of production](../statistics.md), what size and traffic make of it."
        if rule.scales
        else ""
    )
    head = f"# {rule.id}\n\n{summary}\n\nSeverity: {rule.severity}.{preset}{scales}\n\n{rest.strip()}\n"
    return f"{head}{observed.section(rule.id)}{_ACCEPTED.format(id=rule.id)}{_elsewhere(rule)}"


def _severity(rule: Rule) -> str:
    return f"{rule.severity}{', off' if rule.preset == 'strict' else ''}"


def _elsewhere(rule: Rule) -> str:
    names = hazards.names_elsewhere(rule.id)
    if not names:
        return ""
    lines = "".join(
        f"- {tool}: {', '.join(f'`{name}`' for name in found)}\n" for tool, found in names.items()
    )
    return f"\n## In other tools\n\n{lines}"


def write(docs: Path) -> None:
    """Write all pages, and remove those of rules that are gone."""
    wanted = pages()
    folder = docs / "rules"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text)
    (docs / "hazards.md").write_text(
        hazards.page({id: rule.documentation for id, rule in all_rules().items()})
    )


if __name__ == "__main__":
    write(Path(sys.argv[1]))
