"""The labels of the field are what PostgreSQL does, and our verdict on a handful of them is the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.field import label as labelling
from benchmarks.field.cases import Case, all_cases
from benchmarks.field.label import Bench, stored_labels
from benchmarks.field.tools import hazards_of, reviewed
from checks.rules.hazards import all_hazards
from checks.sandbox.server import Server
from checks.settings import Settings

A_FEW = (
    "indexes/plain",
    "indexes/new-table",
    "columns/set-not-null-checked",
    "columns/varchar-wider",
    "constraints/foreign-key-drop",
)
"""A lock and a build, nothing, a scan that is spared, a type that only grows, a promise that goes."""


def the_few() -> list[Case]:
    return [case for case in all_cases() if case.id in A_FEW]


@pytest.fixture(scope="module")
def bench(server: Server) -> Bench:
    return Bench(server)


@pytest.mark.parametrize("case", the_few(), ids=lambda case: case.id)
def test_a_label_made_again_is_the_stored_one(bench: Bench, case: Case) -> None:
    assert bench.label(case) == stored_labels()[case.id]


@pytest.mark.parametrize("case", the_few(), ids=lambda case: case.id)
def test_our_verdict_is_that_of_the_label(case: Case) -> None:
    found = hazards_of(reviewed(case, Settings(rows=0)).findings)
    assert bool(found) == stored_labels()[case.id].hazardous, found


def test_every_case_has_a_label_and_its_author_meant_the_same() -> None:
    labels = stored_labels()
    assert {case.id: bool(case.kinds) for case in all_cases()} == {
        id: label.hazardous for id, label in labels.items()
    }


def test_every_kind_is_a_hazard_of_the_field() -> None:
    assert {kind for case in all_cases() for kind in case.kinds} <= all_hazards().keys()


def test_the_labels_know_nothing_of_our_engine() -> None:
    """Of ``checks`` only what starts a server."""
    folder = Path(labelling.__file__).parent
    texts = [(folder / name).read_text() for name in ("label.py", "work.py", "world.py")]
    imported = {name for text in texts for name in re.findall(r"^from (checks[\w.]*)", text, re.MULTILINE)}
    assert imported == {"checks.sandbox", "checks.settings"}
