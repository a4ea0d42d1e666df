"""What a job leaves behind: outputs, its summary, and the files of the report."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from pathlib import Path

from bot.action.handed import Handed
from bot.publish.check_run import NO_MIGRATIONS
from bot.publish.context import Context
from bot.publish.formats import Format, render
from bot.publish.markdown import document
from bot.publish.page import page
from checks.model.findings import Severity
from checks.model.report import Report
from checks.sandbox.store import saved_clusters

LARGEST_SUMMARY = 250_000
"""Characters; GitHub takes 1 MiB of a step, and a character is four bytes at most."""
REVIEW = "review.json"


def write_outputs(path: Path, values: Mapping[str, str]) -> None:
    """Each between lines that nobody can guess, so that no value can set another output."""
    with path.open("a", encoding="utf-8") as file:
        for name, value in values.items():
            end = f"end-{secrets.token_hex(16)}"
            file.write(f"{name}<<{end}\n{value}\n{end}\n")


def write_summary(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{text.rstrip()}\n\n")


def summary_of(report: Report | None, context: Context) -> str:
    if report is None:
        title, text = NO_MIGRATIONS
        return f"## {title}\n\n{text}"
    return document(report, context, LARGEST_SUMMARY)


def save(handed: Handed, context: Context, folder: Path) -> dict[str, str]:
    """Write the files; output → path."""
    report = handed.report
    files = {REVIEW: handed.model_dump_json()}
    if report is not None:
        files |= {
            "report.json": render(report, Format.JSON, summary=context.summary),
            "report.sarif": render(report, Format.SARIF),
            "report.html": page(report, context),
        }
    target = folder / "report"
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, text in files.items():
        (target / name).write_text(text, encoding="utf-8")
    paths = {name.partition(".")[2]: str(target / name) for name in files if name != REVIEW}
    return {
        "folder": str(target),
        **{{"json": "report"}.get(ending, ending): path for ending, path in paths.items()},
    }


def facts_of(report: Report | None) -> dict[str, str]:
    """Verdict, risk and counts, for ``if:`` in the steps that follow."""
    if report is None:
        return {"verdict": "pass", "risk": "low", "migrations": "0", **dict.fromkeys(COUNTS, "0")}
    counts = {
        name: sum(one.severity is severity for one in report.findings) for name, severity in COUNTS.items()
    }
    return {
        "verdict": report.verdict.value,
        "risk": report.risk.level.value,
        "migrations": str(len(report.migrations)),
        **{name: str(count) for name, count in counts.items()},
    }


COUNTS = {"errors": Severity.ERROR, "warnings": Severity.WARNING, "infos": Severity.INFO}


def cache_key() -> str:
    """Names what the cache holds: base states and clusters are files that are named by what they were built from."""
    names = sorted(path.name for path in saved_clusters())
    return hashlib.sha256("\0".join(names).encode()).hexdigest()[:32] if names else ""
