"""What a proposal may bring, by its names and sizes and by what the tool reads: nothing has to run for it."""

from __future__ import annotations

import pytest

from checks.change import compare_histories
from checks.frameworks import find_histories
from checks.model.findings import AdviceFile
from checks.model.migrations import Change
from checks.proposals import allowed
from checks.proposals.model import Proposal
from checks.settings import Settings
from checks.trees import MemoryTree

FOLDER = "db/migrations"
UP = "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 1;\n"
BASE = {f"{FOLDER}/0001_a.sql": UP, f"{FOLDER}/0003_c.sql": UP}
HEAD = {**BASE, f"{FOLDER}/0004_d.sql": UP}


def change(head: dict[str, str]) -> Change:
    (found,) = compare_histories(*(find_histories(MemoryTree(files), Settings()) for files in (BASE, head)))
    return found


def proposal(*paths: str, content: str = UP, queries: tuple[str, ...] = ()) -> Proposal:
    files = tuple(AdviceFile(path=path, content=content) for path in paths)
    return Proposal(history=f"goose:{FOLDER}", files=files, queries=queries)


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../outside.sql",
        f"{FOLDER}/../../outside.sql",
        f"{FOLDER}/./0005_e.sql",
        f"{FOLDER}//0005_e.sql",
        "db/other/0005_e.sql",
        "db/migrations_too/0005_e.sql",
        ".github/workflows/0005_e.sql",
        f"{FOLDER}/.hidden/0005_e.sql",
        f"{FOLDER}/0005_e.sql\n",
        f"{FOLDER}/0005_‮e.sql",
        f"{FOLDER}\\0005_e.sql",
        f"{FOLDER}/0005_{'e' * 300}.sql",
        "",
    ],
)
def test_a_path_that_leads_anywhere_else_is_refused(path: str) -> None:
    said = allowed.refused(proposal(path), change(HEAD))
    assert said is not None and said.startswith("A file is not a plain name inside of")


@pytest.mark.parametrize(
    ("proposed", "said"),
    [
        (proposal(), allowed.NO_FILES),
        (proposal(*(f"{FOLDER}/{number}_e.sql" for number in range(10, 40))), allowed.TOO_MANY_FILES),
        (proposal(f"{FOLDER}/0005_e.sql", content="x" * 50_000), allowed.TOO_LARGE),
        (proposal(f"{FOLDER}/0005_e.sql", queries=("SELECT 1",) * 20), allowed.TOO_MANY_QUERIES),
        (proposal(f"{FOLDER}/0001_a.sql"), allowed.TAKEN.format(path=f"{FOLDER}/0001_a.sql")),
        (proposal(*[f"{FOLDER}/0005_e.sql"] * 2), allowed.TWICE.format(path=f"{FOLDER}/0005_e.sql")),
    ],
)
def test_limits_and_files_of_others_are_kept(proposed: Proposal, said: str) -> None:
    assert allowed.refused(proposed, change(HEAD)) == said


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        (f"{FOLDER}/notes.txt", UP, "goose would not read"),
        (f"{FOLDER}/0002_b.sql", UP, "would come before migrations that are applied already"),
        (f"{FOLDER}/0005_e.go", "package migrations", "goose refuses"),
    ],
)
def test_what_the_tool_does_not_read_as_a_new_migration_is_refused(
    path: str, content: str, said: str
) -> None:
    proposed = proposal(path, content=content)
    assert allowed.refused(proposed, change(HEAD)) is None
    why = allowed.misread(proposed, change({**BASE, path: content}))
    assert why is not None and said in why


def test_a_new_migration_of_the_folder_is_allowed() -> None:
    proposed = proposal(f"{FOLDER}/0005_e.sql")
    assert allowed.refused(proposed, change(HEAD)) is None
    assert allowed.misread(proposed, change({**BASE, f"{FOLDER}/0005_e.sql": UP})) is None
