"""Runs us and the other tools over the set, labels made anew, and prints who was right.

    python -m benchmarks.field [WORD …] [--wrong TOOL] [--stored] [--made-up] [--migrationpilot CHECKOUT]

The first table counts only checks that a tool itself takes for more than style and advice; its last two columns
count everything that it reports. *kind named*: a check of the tool that stands for the kind of the case in
``checks/rules/hazards.toml`` is among them. The cases of ``held_out*.toml`` are counted by themselves.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.field.cases import Case, chosen
from benchmarks.field.install import install
from benchmarks.field.label import Label, label_all, stored_labels
from benchmarks.field.score import Judged, table
from benchmarks.field.tools import Answer, Tool, tools


def main() -> None:
    wanted = _arguments()
    cases = chosen(wanted.words)
    installed = install(wanted.migrationpilot)
    for name, reason in installed.missing.items():
        print(f"without {name}: {reason}", file=sys.stderr)
    labels = _labels(cases, stored=wanted.stored)
    found = tools(installed, made_up=wanted.made_up)
    asked = [tool for tool in found if not wanted.tools or _is_named(tool, wanted.tools)]
    judged = [_judge(tool, cases, labels) for tool in asked]
    for title, some in _parts(cases):
        hazardous = sum(labels[case.id].hazardous for case in some)
        print(f"\n{title}: {len(some)} cases, {hazardous} of them hazardous\n")
        print(table([Judged(one.tool, some, labels, _of(one, some)) for one in judged]))
    for one in judged if wanted.wrong else ():
        if _is_named(one.tool, [wanted.wrong]):
            print(f"\n{one.tool.title}\n" + "\n".join(one.wrong))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("words", nargs="*", metavar="WORD", help="only cases with one of these in their id")
    parser.add_argument("--wrong", metavar="TOOL", help="print where it was wrong")
    parser.add_argument("--tools", nargs="+", metavar="TOOL", help="only these")
    parser.add_argument("--stored", action="store_true", help="take the labels of labels.json")
    parser.add_argument("--made-up", action="store_true", help="do not tell us the rows of the cases")
    parser.add_argument("--migrationpilot", type=Path, metavar="CHECKOUT", help="of its repository")
    return parser.parse_args()


def _labels(cases: Sequence[Case], *, stored: bool) -> dict[str, Label]:
    known = stored_labels()
    if stored:
        return {case.id: known[case.id] for case in cases}
    made = label_all(cases)
    for id in [id for id, label in made.items() if label != known.get(id)]:
        print(f"{id}: the label is not the stored one", file=sys.stderr)
    return made


def _judge(tool: Tool, cases: Sequence[Case], labels: dict[str, Label]) -> Judged:
    start = time.perf_counter()
    answers = tool.ask(cases)
    print(f"{tool.title}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    return Judged(tool, cases, labels, answers)


def _parts(cases: Sequence[Case]) -> list[tuple[str, list[Case]]]:
    parts = {
        "Set": [one for one in cases if not one.held_out],
        "Held out": [one for one in cases if one.held_out],
    }
    return [(title, some) for title, some in parts.items() if some]


def _of(judged: Judged, cases: Sequence[Case]) -> dict[str, Answer]:
    return {case.id: judged.answers[case.id] for case in cases}


def _is_named(tool: Tool, names: Sequence[str]) -> bool:
    return any(name.lower() in tool.title.lower() for name in names)


if __name__ == "__main__":
    main()
