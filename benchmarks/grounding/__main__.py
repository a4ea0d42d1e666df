"""How many planted falsehoods the grounding checker catches, and how many true summaries it refuses.

    python -m benchmarks.grounding [--number 200] [--seed 1] [--show]

Runs the engine over the examples and over scenarios of several tools (about fifteen seconds), makes summaries from
what it found, and prints one Markdown table for each set of phrasings. A falsehood counts as caught when the very
sentence that holds it is refused; a true summary counts as refused when any of its sentences is.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import get_args

from benchmarks.grounding.phrasings import Part, phrasings
from benchmarks.grounding.scenarios import example_reports, reports
from benchmarks.grounding.summaries import FALSEHOODS, Planted, planted_drafts, true_drafts
from bot.summary.grounding import faults
from checks.model.report import Report


@dataclass
class Result:
    true: int = 0
    refused: list[str] = field(default_factory=list)
    """The sentences and why, one for each true summary that was refused."""
    planted: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, str]] = field(default_factory=list)
    """Kind of falsehood, and the sentence that was let through."""


def measure(known: Sequence[Report], part: Part, number: int, seed: int) -> Result:
    result = Result()
    for report, draft in true_drafts(known, number, part, seed):
        found = faults(draft, report)
        result.true += 1
        result.refused += [f"{found[0].text} ({found[0].reason})"] if found else []
    for report, planted in planted_drafts(known, number, part, seed):
        result.planted[planted.kind] += 1
        if not is_caught(planted, report):
            result.missed.append((planted.kind, planted.sentence.text))
    return result


def is_caught(planted: Planted, report: Report) -> bool:
    places = {(fault.part, fault.index) for fault in faults(planted.draft, report)}
    return (planted.part, planted.index) in places


def main() -> None:
    arguments = _arguments()
    known = [report for _, report in (*example_reports(), *reports())]
    for part in get_args(Part):
        result = measure(known, part, arguments.number, arguments.seed)
        _print(part, result)
        if arguments.show:
            print(*result.refused, *(f"{kind}: {text}" for kind, text in result.missed), sep="\n")


def _print(part: Part, result: Result) -> None:
    total, missed = sum(result.planted.values()), Counter(kind for kind, _ in result.missed)
    count = sum(map(len, phrasings("true", part).values())), sum(map(len, phrasings("false", part).values()))
    print(f"\n{part}: {count[0]} true phrasings, {count[1]} false ones\n")
    print("| | summaries | caught |", "|---|---|---|", sep="\n")
    for kind in FALSEHOODS:
        there = result.planted[kind]
        print(f"| {kind} | {there} | {there - missed[kind]} |")
    print(f"| **all falsehoods** | {total} | **{(total - len(result.missed)) / total:.1%}** |")
    print(f"| **true, refused** | {result.true} | **{len(result.refused) / result.true:.1%}** |")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--number", type=int, default=200, help="summaries of each sort")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print what was refused and what was missed")
    return parser.parse_args()


if __name__ == "__main__":
    main()
