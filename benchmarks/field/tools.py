"""How each tool is asked about one file, and what it answers: the names of its checks.

Every tool has the file of the case with its BEGIN, COMMIT and timeouts, and is told the version of PostgreSQL where it can
be. What was there before is read by us, and by ``eugene trace``: no other tool here takes it. What a tool refuses to read, it flags.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.field.cases import TIMEOUTS, Case
from benchmarks.field.install import Installed
from benchmarks.field.traced import trace
from checks.model.findings import Finding, Severity
from checks.model.report import Report
from checks.rules.hazards import all_hazards
from checks.settings import Settings
from checks.static import check
from checks.trees import MemoryTree
from checks.validate import validate

WORKERS = 2
SECONDS = 300
"""For one start of a program."""
REFUSED = "refused"
"""What stands for a finding where a tool ends with an error and without a report."""
Names = frozenset[str]
Command = tuple[str, ...]

STYLE = {
    "squawk": frozenset(
        {
            "prefer-robust-stmts", "prefer-bigint-over-int", "prefer-bigint-over-smallint", "prefer-identity",
            "prefer-text-field", "prefer-timestamp-tz", "ban-char-field", "require-lock-timeout",
            "require-statement-timeout", "require-enum-value-ordering", "identifier-too-long",
        }
    ),
    "MigrationPilot": frozenset(
        {
            "MP004", "MP016", "MP020", "MP023", "MP037", "MP038", "MP039", "MP040", "MP041", "MP042", "MP045", "MP056",
            "MP059", "MP061", "MP068", "MP069", "MP074", "MP076", "MP077", "MP080", "MP086", "MP088",
        }
    ),
    "eugene": frozenset({"E9", "E3", "E15", "W12", "W13"}),
}  # fmt: skip
"""Checks that prefer a type or a spelling, or ask for a setting: MigrationPilot's own benchmark calls these of its own and of
squawk hygiene or advice, and none of them speaks of what the statement does to the table."""

WAY_BACK = frozenset(
    {"irreversible-migration", "missing-down", "rollback-fails", "rollback-differs", "rollback-loses-data"}
)
"""Our rules about the down script: no other tool looks at it, and no label is about it."""


@dataclass(frozen=True)
class Answer:
    everything: Names
    """Each check that reports something, with the tool's own defaults."""
    hazards: Names
    """Those that the tool itself takes for more than style and advice."""


Answers = dict[str, Answer]
"""By the id of the case."""


@dataclass(frozen=True)
class Tool:
    title: str
    name: str
    """As ``checks/rules/hazards.toml`` calls it; empty: we."""
    ask: Callable[[Sequence[Case]], Answers]

    def names_for(self, kinds: Sequence[str]) -> Names:
        """What it calls these hazards of the field."""
        hazards = [all_hazards()[kind] for kind in kinds]
        if not self.name:
            return frozenset(rule for one in hazards for rule in one.rules)
        called = " ".join(one.tools.get(self.name, "") for one in hazards)
        return frozenset(word.strip("~,()*") for word in called.split())


def tools(installed: Installed, *, made_up: bool = False) -> list[Tool]:
    """Those that could be installed, we first; ``made_up``: not told of the rows of the case, so that we make some up."""
    ours = Tool("migration validate", "", partial(_all_validated, made_up=made_up))
    found = [ours, Tool("migration check", "", _all_checked)]
    for name, half, ask in _ASKED:
        command = installed.commands.get(name)
        if command is not None:
            found.append(Tool(f"{name} {installed.versions[name]}{half}", name, partial(ask, command)))
    return found


def _all_validated(cases: Sequence[Case], *, made_up: bool) -> Answers:
    validated = partial(_validated, made_up=made_up)
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        return dict(zip((case.id for case in cases), pool.map(validated, cases), strict=True))


def _all_checked(cases: Sequence[Case]) -> Answers:
    return {case.id: _checked(case) for case in cases}


def _each(ask: Callable[[Command, Case], Answer]) -> Callable[[Command, Sequence[Case]], Answers]:
    """One start of the program for each case, two at a time."""

    def ask_all(command: Command, cases: Sequence[Case]) -> Answers:
        with ThreadPoolExecutor(WORKERS) as pool:
            return dict(zip((case.id for case in cases), pool.map(partial(ask, command), cases), strict=True))

    return ask_all


def _validated(case: Case, *, made_up: bool) -> Answer:
    if made_up:
        case = case.model_copy(update={"rows_sql": ""})
    settings = Settings(postgres=case.postgres, roles=case.roles)
    own_rows = settings if made_up else settings.model_copy(update={"rows": 0})
    return _ours(reviewed(case, own_rows).findings)


def reviewed(case: Case, settings: Settings) -> Report:
    """The case as a repository has it: numbered files, the last of which is new. The rows that are there stand in one of
    them, so none have to be made up (``rows=0``)."""
    earlier = _earlier(case)
    return validate(MemoryTree(earlier), MemoryTree(earlier | {_changed(case): case.text}), settings)


def _checked(case: Case) -> Answer:
    """The same files without a server."""
    settings = Settings(postgres=case.postgres, roles=case.roles)
    report = check(_earlier(case) | {_changed(case): case.text}, settings, one_by_one=True)
    return _ours([one for one in report.findings if one.path == _changed(case)])


def _earlier(case: Case) -> dict[str, str]:
    texts = enumerate((case.schema_sql, case.rows_sql, *case.before), start=1)
    return {f"migrations/{place:03}_earlier.sql": text for place, text in texts}


def _changed(case: Case) -> str:
    return f"migrations/{len(case.before) + 3:03}_change.sql"


def _ours(findings: Sequence[Finding]) -> Answer:
    return Answer(frozenset(one.rule for one in findings), hazards_of(findings))


def hazards_of(findings: Sequence[Finding]) -> Names:
    """With findings of severity ``info`` alone the verdict is a pass."""
    return frozenset(one.rule for one in findings if one.severity is not Severity.INFO) - WAY_BACK


def _squawk(command: Command, case: Case) -> Answer:
    rows = _run([*command, "--reporter", "json", "--pg-version", f"{case.postgres}.0"], case)
    return _without_style("squawk", [row["rule_name"] for row in rows or ()])


def _safemigrate(command: Command, cases: Sequence[Case]) -> Answers:
    """All files at once; its checks of style are off by default."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {f"{place}.sql": case for place, case in enumerate(cases)}
        for name, case in paths.items():
            Path(folder, name).write_text(case.text)
        rows = json.loads(_output([*command, *paths], folder))
    found: dict[str, list[str]] = {case.id: [] for case in cases}
    for row in rows:
        found[paths[row["file"]].id].append(row["rule_id"])
    return {id: _without_style("safemigrate-lint", names) for id, names in found.items()}


def _migrationpilot(command: Command, case: Case) -> Answer:
    options = ["--format", "json", "--offline", "--no-config", "--pg-version", str(case.postgres)]
    report = _run([*command, "analyze", *options], case)
    return _without_style(
        "MigrationPilot", [row["ruleId"] for row in report["violations"]] if report else [REFUSED]
    )


def _linted(command: Command, case: Case) -> Answer:
    """Without BEGIN and COMMIT: a script is a transaction to it, and COMMIT one more statement behind a lock."""
    report = _run([*command, "lint", "--format", "json"], case, f"{TIMEOUTS}{case.change}\n")
    statements = report["statements"] if report else [{"triggered_rules": [{"id": REFUSED}]}]
    return _without_style("eugene", [rule["id"] for one in statements for rule in one["triggered_rules"]])


def _traced(command: Command, cases: Sequence[Case]) -> Answers:
    return {id: _without_style("eugene", hints) for id, hints in trace(command, cases).items()}


def _pgfence(command: Command, case: Case) -> Answer:
    """It gives each check a risk: what is SAFE or LOW is advice."""
    options = ["--output", "json", "--format", "sql", "--min-pg-version", str(case.postgres)]
    report = _run([*command, "analyze", *options], case)
    if report is None:
        return Answer(frozenset({REFUSED}), frozenset({REFUSED}))
    rows = [row for result in report["results"] for row in result["checks"]]
    policy = [row["ruleId"] for result in report["results"] for row in result["policyViolations"]]
    said = [row["ruleId"] for row in rows if row["risk"] != "SAFE"]
    return Answer(
        frozenset([*said, *policy]),
        frozenset(row["ruleId"] for row in rows if row["risk"] not in ("SAFE", "LOW")),
    )


_ASKED: tuple[tuple[str, str, Callable[[Command, Sequence[Case]], Answers]], ...] = (
    ("squawk", "", _each(_squawk)),
    ("MigrationPilot", "", _each(_migrationpilot)),
    ("safemigrate-lint", "", _safemigrate),
    ("pgfence", "", _each(_pgfence)),
    ("eugene", " (lint)", _each(_linted)),
    ("eugene", " (trace)", _traced),
)


def _without_style(tool: str, names: Sequence[str]) -> Answer:
    return Answer(frozenset(names), frozenset(names) - STYLE.get(tool, frozenset()))


def _run(command: Sequence[str], case: Case, text: str = "") -> Any:
    """Its report on the file (on ``text``), read from JSON; None when it ends without one. Raises subprocess.TimeoutExpired."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "change.sql").write_text(text or case.text)
        said = _output([*command, "change.sql"], folder)
    return json.loads(said) if said.lstrip().startswith(("{", "[")) else None


def _output(command: Sequence[str], folder: str) -> str:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=SECONDS,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout
