"""What reading finds of what a run finds, on the SQL of every rule's page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from checks import sandbox
from checks.examples.observe import block
from checks.examples.running import change_of, fired, script_of
from checks.rules import all_rules
from checks.sandbox.server import Database, Server
from checks.settings import Settings
from checks.static import check_change

STRICT = Settings(preset="strict")
ON_ROWS = "what the rows hold decides"
ON_SCHEMA = "what the schema holds, which the text does not tell"
BY_A_RUN = "only a run down and up again shows it"
NOT_IN_THE_TEXT: Mapping[str, str] = {
    "column-type-narrowing": ON_ROWS,
    "constraint-fails-on-rows": ON_ROWS,
    "not-null-fails-on-rows": ON_ROWS,
    "unbatched-dml": f"{ON_ROWS} (how many of them WHERE meets)",
    "unique-fails-on-rows": ON_ROWS,
    "irreversible-migration": BY_A_RUN,
    "rollback-differs": BY_A_RUN,
    "rollback-fails": BY_A_RUN,
    "rollback-loses-data": BY_A_RUN,
    "drop-cascade": f"{ON_SCHEMA} (what depends on it)",
    "dynamic-sql": "EXECUTE puts the command together while it runs",
}
"""Rules whose page cannot be read: not even the Setup tells."""
NOT_IN_THE_FILE: Mapping[str, str] = {
    "change-default": f"{ON_SCHEMA} (the old default)",
    "column-type-constraint-recheck": f"{ON_SCHEMA} (the old type, and a CHECK)",
    "column-type-index-rebuild": f"{ON_SCHEMA} (an index)",
    "foreign-key-type-mismatch": f"{ON_SCHEMA} (the other column's type)",
    "index-of-constraint-drop": f"{ON_SCHEMA} (that the index is a constraint's)",
    "index-replaced-with-gap": f"{ON_SCHEMA} (the columns of the index)",
    "primary-key-not-null-scan": f"{ON_SCHEMA} (whether the columns are NOT NULL)",
    "redundant-index": f"{ON_SCHEMA} (the other index)",
    "table-rewrite": f"{ON_SCHEMA} (that the type is a domain with a CHECK)",
}
"""Rules whose Bad alone does not tell, while the Setup before it does."""


@dataclass(frozen=True)
class Compared:
    """One example of a rule."""

    rule: str
    heading: str
    ran: frozenset[str]
    """Rules that a run has findings of."""
    alone: frozenset[str]
    """Those that reading the example alone has."""
    behind: frozenset[str]
    """Those that reading it behind the Setup has."""


def read(text: str, setup: str = "") -> frozenset[str]:
    """The rules of what reading finds."""
    change = change_of(text)
    before = script_of("setup.sql", setup) if setup else None
    return frozenset(finding.rule for finding in check_change(change, STRICT, before))


def compare(server: Server) -> Iterator[Compared]:
    for number, rule in enumerate(all_rules()):
        for heading in ("Bad", "Good"):
            text, setup = block(rule, heading), block(rule, "Setup")
            if not text:
                continue
            name = f"agree_{number}_{heading.lower()}"
            server.create(name)
            ran = frozenset(fired(Database(server, name), text, setup, STRICT))
            server.drop(name)
            yield Compared(rule, heading, ran, read(text), read(text, setup))


def print_agreement() -> None:
    with sandbox.open_server(Settings(provider="bundled")) as server:
        found = [*compare(server)]
    bad = [one for one in found if one.heading == "Bad" and one.rule in one.ran]
    good = [one for one in found if one.heading == "Good"]
    print(f"{len(bad)} bad and {len(good)} good examples, each run and read\n")
    print("| read | knowable | found | | false on good |\n|---|--:|--:|--:|--:|")
    closed = (NOT_IN_THE_TEXT, {**NOT_IN_THE_TEXT, **NOT_IN_THE_FILE})
    for name, not_knowable in zip(("behind", "alone"), closed, strict=True):
        knowable = [one for one in bad if one.rule not in not_knowable]
        hits = [one for one in knowable if one.rule in getattr(one, name)]
        false = [one.rule for one in good if one.rule in getattr(one, name) - one.ran]
        share = f"{len(hits) / len(knowable):.1%}"
        print(f"| {name} | {len(knowable)} | {len(hits)} | {share} | {len(false)} |")
    _print_misses(bad)
    _print_others(found)


def _print_misses(bad: list[Compared]) -> None:
    print("\nNot found, and why:\n")
    for one in bad:
        for name in ("behind", "alone"):
            if one.rule not in getattr(one, name):
                why = NOT_IN_THE_TEXT.get(one.rule) or NOT_IN_THE_FILE.get(one.rule) or "A MISS"
                print(f"- {one.rule} ({name}): {why}")


def _print_others(found: list[Compared]) -> None:
    """Findings of other rules than the example's own, behind the Setup."""
    same = sum(len(one.ran & one.behind) for one in found)
    print(
        f"\nAll findings of all examples, behind the Setup: {sum(len(one.ran) for one in found)} by a run, {same} of them read."
    )
    for one in found:
        for rule in sorted(one.behind - one.ran):
            print(f"- {one.rule}, {one.heading}: only read: {rule}")
