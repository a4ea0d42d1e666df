"""Proven advice that stays within one file, written into the work tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from checks.errors import UsageError
from checks.model.findings import AdviceFile, Finding
from checks.trees import Tree

CHANGED = "{path} is not what was validated"
AGAIN = "Run `migration fix --write` again, without --head and with no editor at work on the file."


def one_file(finding: Finding) -> AdviceFile | None:
    """The new content of the finding's own file, when that is all that its proven advice changes."""
    advice = finding.advice
    if advice is None or not advice.proven or [file.path for file in advice.files] != [finding.path]:
        return None
    return advice.files[0]


def write_fixes(findings: Sequence[Finding], root: Path, validated: Tree, began_ns: int) -> Iterator[Finding]:
    """Rewrite the files, and give the findings that each of them answers.

    Of several ways for one file the one for the gravest finding is written; the next run proves the others anew.
    ``began_ns``: when the validation began, in nanoseconds since 1970. Raises UsageError, before anything is written,
    when a file of the work tree is not the one of the ``validated`` tree, or was changed since.
    """
    wanted: dict[str, AdviceFile] = {}
    for finding in sorted(findings, key=lambda one: -one.severity.rank):
        file = one_file(finding)
        if file is not None:
            wanted.setdefault(file.path, file)
    for path in wanted:
        _expect_unchanged(root / path, path, validated, began_ns)
    for path, file in wanted.items():
        (root / path).write_bytes(file.content.encode())
    yield from (finding for finding in findings if (file := one_file(finding)) and wanted[file.path] == file)


def _expect_unchanged(place: Path, path: str, validated: Tree, began_ns: int) -> None:
    is_file = place.is_file() and not place.is_symlink()
    if not is_file or place.stat().st_mtime_ns >= began_ns or place.read_bytes() != validated.read(path):
        raise UsageError(CHANGED.format(path=path), hint=AGAIN)
