"""Compare our translation of Ecto migrations with what the real Ecto sent.

    python -m benchmarks.ecto_golden GOLDEN SOURCES

GOLDEN: a folder with ``ecto/*.jsonl`` and ``ecto-conformance/`` (see its README). SOURCES: a folder with a clone of each
repository that the first lines name, as ``owner+name`` (bare or not). Statements are compared after white space is folded.
Exit code 1 when a statement differs that is not marked dynamic.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checks.ecto.options import with_given_options
from checks.ecto.project import Project
from checks.ecto.settings import RepoSettings
from checks.ecto.translate import Direction, Translation, translate

_BLANKS = re.compile(r"\s+")


@dataclass
class Tally:
    """What was counted over one set."""

    files: int = 0
    seconds: float = 0.0
    judged: Counter[str] = field(default_factory=Counter)
    """Directions by what they are judged as: ``exact_up``, ``exact_down``, ``declarative`` …"""
    same: Counter[str] = field(default_factory=Counter)
    marked: int = 0
    """Directions that differ, and say so."""
    wrong: list[str] = field(default_factory=list)
    """Directions that differ and do not say so."""
    missed: list[str] = field(default_factory=list)
    """Exact directions that are not the same."""

    def add(self, other: Tally) -> None:
        self.files += other.files
        self.seconds += other.seconds
        self.judged += other.judged
        self.same += other.same
        self.marked += other.marked
        self.wrong += other.wrong
        self.missed += other.missed


def main() -> int:
    golden, sources = Path(sys.argv[1]), Path(sys.argv[2])
    total = Tally()
    print(
        f"{'set':28} {'files':>5} {'s':>5} {'exact up':>11} {'exact down':>11} {'declarative':>11} {'marked':>6} {'wrong':>5}"
    )
    for path in sorted((golden / "ecto").glob("*.jsonl")):
        tally = _repository(path, sources)
        _print(path.stem, tally)
        total.add(tally)
    for path in sorted((golden / "ecto-conformance").glob("*.jsonl")):
        tally = _conformance(path)
        _print(f"conformance {path.stem}", tally)
        total.add(tally)
    _print("all", total)
    for line in (*total.missed, *total.wrong):
        print(line)
    return 1 if total.wrong else 0


def _print(name: str, tally: Tally) -> None:
    shown = (f"{tally.same[kind]}/{tally.judged[kind]}" for kind in ("exact_up", "exact_down", "declarative"))
    up, down, declarative = shown
    print(
        f"{name:28} {tally.files:5} {tally.seconds:5.2f} {up:>11} {down:>11} {declarative:>11} "
        f"{tally.marked:6} {len(tally.wrong):5}"
    )


def _repository(path: Path, sources: Path) -> Tally:
    head, *files = map(json.loads, path.read_text().splitlines())
    git = git_directory(sources, head["repo"])
    revision = head["rev"].split()[0]
    settings = with_given_options(RepoSettings(), head["config"])
    tally = Tally()
    for expected in files:
        root = expected["path"].partition("priv/")[0].removesuffix("test_")
        project = Project(
            str(Path(expected["path"]).parent.relative_to(root or ".")), _Reader(git, revision, root)
        )
        _judge(
            expected, _text(git, revision, expected["path"]) or "", settings, head["prefix"], project, tally
        )
    return tally


def git_directory(sources: Path, repository: str) -> Path:
    """Of the clone of ``owner/name``, bare or not."""
    clone = sources / repository.replace("/", "+")
    return next(place for place in (clone / "repo", clone / ".git", clone) if (place / "HEAD").exists())


class _Reader:
    def __init__(self, git: Path, revision: str, root: str) -> None:
        self._git, self._revision, self._root = git, revision, root

    def __call__(self, path: str) -> str | None:
        return _text(self._git, self._revision, self._root + path)


def _text(git: Path, revision: str, path: str) -> str | None:
    shown = subprocess.run(["git", "-C", git, "show", f"{revision}:{path}"], capture_output=True)
    return None if shown.returncode else shown.stdout.decode()


def _conformance(path: Path) -> Tally:
    tally = Tally()
    prefix = path.stem.removeprefix("prefix_") if path.stem.startswith("prefix_") else None
    for expected in map(json.loads, path.read_text().splitlines()):
        text = (path.parent / expected["file"]).read_text()
        expected |= {"path": expected["file"], "class": "conformance", "exact_up": True, "exact_down": True}
        _judge(expected, text, RepoSettings(), prefix, Project(), tally)
    return tally


def _judge(
    expected: dict[str, Any],
    text: str,
    settings: RepoSettings,
    prefix: str | None,
    project: Project,
    tally: Tally,
) -> None:
    start = time.perf_counter()
    ours = translate(text, settings, prefix, project)
    tally.seconds += time.perf_counter() - start
    tally.files += 1
    for name in ("up", "down"):
        _judge_direction(expected, ours, name, tally)
    flags = (ours.transaction, ours.migration_lock)
    if flags != (expected["transaction"], expected["migration_lock"]) and not ours.up.dynamic:
        tally.wrong.append(f"WRONG {expected['path']}: transaction, lock {flags}")


def _judge_direction(expected: dict[str, Any], ours: Translation, name: str, tally: Tally) -> None:
    direction: Direction = getattr(ours, name)
    error = expected.get(f"{name}_error")
    same = _refuses_the_same(direction, error) if error else _folded(direction) == _expected(expected, name)
    if error and not same and error.startswith("** (UndefinedFunctionError"):
        same = bool(direction.dynamic)
    kinds = [f"exact_{name}"] if expected[f"exact_{name}"] else []
    if kinds and expected["class"] in ("declarative", "conformance"):
        kinds.append("declarative")
    tally.judged.update(kinds)
    tally.same.update(kinds if same else [])
    place = f"{expected.get('repo', '')} {expected['path']} {name} [{expected['class']}]"
    if same:
        return
    why = "; ".join(f"{dynamic.line}: {dynamic.reason}" for dynamic in direction.dynamic)
    if direction.dynamic:
        tally.marked += 1
    else:
        tally.wrong.append(f"WRONG {place}\n   {_difference(direction, expected, name)}")
    if kinds and direction.dynamic:
        tally.missed.append(f"missed {place}: {why}")


def _refuses_the_same(direction: Direction, error: str) -> bool:
    return direction.refusal is not None and direction.refusal.message.startswith(error)


def _folded(direction: Direction) -> list[str]:
    return [] if direction.refusal else [_fold(sent.sql) for sent in direction.sent]


def _expected(expected: dict[str, Any], name: str) -> list[str]:
    return [_fold(one["sql"] if isinstance(one, dict) else one) for one in expected[name]]


def _fold(sql: str) -> str:
    return _BLANKS.sub(" ", sql).strip()


def _difference(direction: Direction, expected: dict[str, Any], name: str) -> str:
    if direction.refusal or expected.get(f"{name}_error"):
        return f"ours {direction.refusal or _folded(direction)[:2]}\n   Ecto {expected.get(f'{name}_error') or expected[name][:2]}"
    pairs: Iterator[tuple[str, str]] = zip(
        [*_folded(direction), "(nothing)"], [*_expected(expected, name), "(nothing)"], strict=False
    )
    ours, theirs = next((pair for pair in pairs if pair[0] != pair[1]), ("", ""))
    return f"ours {ours}\n   Ecto {theirs}"


if __name__ == "__main__":
    sys.exit(main())
