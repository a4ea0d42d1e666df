"""``migration fix``"""

from __future__ import annotations

import time
from itertools import groupby
from pathlib import Path

import click

from bot import console
from bot.verbs.explain import expect_findings
from bot.verbs.shared import fresh_report, of_a_report, show

WROTE = "wrote {path}: {title} ({rules})\n"
NOTHING = "wrote nothing: no proven way stays within the one file of its finding\n"
LEFT = "left to mend: {places}; `migration fix` shows what can be done, `migration plan` in which steps\n"


@click.command()
@click.argument("finding", required=False)
@click.option(
    "--write",
    is_flag=True,
    help="Rewrite the files of proven ways that stay within one file, and print which.",
)
@of_a_report("terminal", "markdown")
def fix(
    finding: str | None, write: bool, path: Path | None, base: str | None, head: str | None, as_format: str
) -> int:
    """Print a safer script for a finding, which was run.

    Where there is none, what can be done.

    Validates first. For one FINDING, named as for `migration explain`, or for all. Each is shown as the general pattern
    and in files of this repository. What needs several files is only printed: they belong to several deploys.
    """
    from bot.publish.remedy import remedy

    began = time.time_ns()
    report = fresh_report(path, base, head)
    found = expect_findings(report, finding) if finding else list(report.findings)
    if not write:
        remedies = [remedy(one, report, None) for one in found]
        return show(as_format, "fix", remedies=remedies, may_commit=False)
    from bot.publish.view import places
    from bot.writing import write_fixes
    from checks.trees.git import open_repository

    repository = open_repository(path or Path.cwd())
    validated = repository.revision(head) if head else repository.work_tree()
    written = list(write_fixes(found, repository.root, validated, began))
    for path, answered in groupby(written, key=lambda one: one.path):
        first, *others = answered
        title = first.advice.title if first.advice else ""
        rules = ", ".join(one.rule for one in (first, *others))
        console.write(WROTE.format(path=path, title=title, rules=rules))
    if not written:
        console.write(NOTHING)
    mended = {one.id for one in written}
    left = [one for one in found if one.must_be_mended and one.id not in mended]
    if left:
        console.write(LEFT.format(places=places(left)))
    return 0
