"""How each tool is asked about one file, and what it answers: the names of its checks.

Every tool has the file of the case with its BEGIN, COMMIT and timeouts, and is told the version of PostgreSQL where it can
be. We alone read what was there before: no other tool takes it.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.field.cases import Case
from benchmarks.field.install import Installed
from checks.errors import MigrationError
from checks.model import Report, Severity
from checks.rules.hazards import all_hazards
from checks.settings import Settings
from checks.trees import MemoryTree
from checks.validate import validate

WORKERS = 2
SECONDS = 60
"""For one file, start of the program included."""
Names = frozenset[str]


@dataclass(frozen=True)
class Tool:
    name: str
    """As ``checks/rules/hazards.toml`` calls it."""
    ask: Callable[[Case], Names]
    style: Names = frozenset()
    """Checks that say what somebody likes better, or that ask for a setting or a spelling, and name no harm."""
    own: bool = False

    def hazards(self, found: Names) -> Names:
        return found - self.style

    def names_for(self, kinds: Sequence[str]) -> Names:
        """What it calls these hazards of the field."""
        hazards = [all_hazards()[kind] for kind in kinds]
        if self.own:
            return frozenset(rule for one in hazards for rule in one.rules)
        called = " ".join(one.tools.get(self.name, "") for one in hazards)
        return frozenset(word.strip("~,()*") for word in called.split())


SQUAWK_STYLE = frozenset(
    {
        "prefer-robust-stmts", "prefer-bigint-over-int", "prefer-bigint-over-smallint", "prefer-identity", "prefer-text-field",
        "prefer-timestamp-tz", "ban-char-field", "require-timeout-settings", "require-lock-timeout", "require-statement-timeout",
        "require-enum-value-ordering", "identifier-too-long", "require-table-schema",
    }
)  # fmt: skip
MIGRATIONPILOT_STYLE = frozenset(
    {
        "MP004", "MP010", "MP015", "MP016", "MP020", "MP023", "MP037", "MP038", "MP039", "MP040", "MP041", "MP042", "MP045",
        "MP056", "MP058", "MP059", "MP061", "MP068", "MP074", "MP076", "MP077", "MP086", "MP088",
    }
)  # fmt: skip
PGFENCE_STYLE = frozenset(
    {
        "missing-lock-timeout", "missing-statement-timeout", "missing-application-name", "missing-idle-timeout",
        "prefer-robust-create-index", "prefer-robust-create-table", "prefer-robust-drop-index", "prefer-robust-drop-table",
        "prefer-bigint-over-int", "prefer-text-field", "prefer-timestamptz", "prefer-identity", "ban-char-field",
        "alter-enum-no-ordering", "add-column-json",
    }
)  # fmt: skip


def tools(installed: Installed) -> list[Tool]:
    """Those that could be installed, we first."""
    found = [Tool("migration", _ours, own=True)]
    if installed.squawk:
        found.append(Tool("squawk", _Squawk(installed.squawk), SQUAWK_STYLE))
    if installed.migrationpilot:
        found.append(Tool("MigrationPilot", _MigrationPilot(installed.migrationpilot), MIGRATIONPILOT_STYLE))
    if installed.safemigrate:
        found.append(Tool("safemigrate-lint", _Safemigrate(installed.safemigrate)))
    if installed.pgfence:
        found.append(Tool("pgfence", _Pgfence(installed.pgfence), PGFENCE_STYLE))
    return found


def ask_all(tool: Tool, cases: Sequence[Case]) -> dict[str, Names]:
    """Id → what it reports. The programs run two at a time; we run one after the other, in this process."""
    workers = 1 if tool.own else WORKERS
    with ThreadPoolExecutor(workers) as pool:
        return dict(zip((case.id for case in cases), pool.map(tool.ask, cases), strict=True))


def _ours(case: Case) -> Names:
    """The rules of a validation, whose severity is a warning or an error: with an ``info`` alone the verdict is a pass."""
    report = validated(case)
    return frozenset(one.rule for one in report.findings if one.severity is not Severity.INFO)


def validated(case: Case) -> Report:
    """The case as a repository has it: a folder of numbered files, the last of which is new; its rows are the seed."""
    earlier = (case.schema_sql, *case.before)
    base = {f"migrations/{place:03}_earlier.sql": text for place, text in enumerate(earlier, start=1)}
    base["seed.sql"] = case.rows_sql
    head = base | {f"migrations/{len(earlier) + 1:03}_change.sql": case.text}
    settings = Settings(postgres=case.postgres, seed="seed.sql", roles=case.roles)
    return validate(MemoryTree(base), MemoryTree(head), settings)


@dataclass(frozen=True)
class _Squawk:
    program: Path

    def __call__(self, case: Case) -> Names:
        options = ["--reporter", "json", "--pg-version", f"{case.postgres}.0"]
        rows = json.loads(_run([str(self.program), *options], case))
        return frozenset(str(row["rule_name"]) for row in rows)


@dataclass(frozen=True)
class _Safemigrate:
    program: Path

    def __call__(self, case: Case) -> Names:
        return frozenset(str(row["rule_id"]) for row in json.loads(_run([str(self.program)], case)))


@dataclass(frozen=True)
class _MigrationPilot:
    command: tuple[str, ...]

    def __call__(self, case: Case) -> Names:
        options = ["--format", "json", "--offline", "--no-config", "--pg-version", str(case.postgres)]
        report = json.loads(_run([*self.command, "analyze", *options], case))
        return frozenset(str(row["ruleId"]) for row in report["violations"])


@dataclass(frozen=True)
class _Pgfence:
    command: tuple[str, ...]

    def __call__(self, case: Case) -> Names:
        options = ["--output", "json", "--format", "sql", "--min-pg-version", str(case.postgres)]
        report = json.loads(_run([*self.command, "analyze", *options], case))
        checks = [row for result in report["results"] for row in (*result["checks"], *result["policyViolations"])]
        return frozenset(str(row["ruleId"]) for row in checks if row.get("risk") != "SAFE")


def _run(command: Sequence[str], case: Case) -> str:
    """What it prints. A tool that cannot read the file says so in its own way and counts as silent, unless it prints nothing."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "change.sql")
        file.write_text(case.text)
        done = subprocess.run(
            [*command, str(file)], capture_output=True, text=True, cwd=folder, timeout=SECONDS, check=False
        )
    return done.stdout
