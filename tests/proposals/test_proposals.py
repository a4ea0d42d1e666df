"""Proposals, run in the place of a change on a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.summary.redesign import example, redesign_system
from checks.errors import UsageError
from checks.model.findings import AdviceFile
from checks.proposals import Proof, Proposal, prove
from checks.sandbox import places
from checks.settings import Settings
from checks.trees import MemoryTree

FOLDER = "db/migrations"
SETTINGS = Settings.model_validate({"provider": "bundled", "rows": 20, "seed": "seed.sql"})
BASE = {
    "seed.sql": "INSERT INTO users (id, email, age) VALUES (1, 'a@example.org', NULL), (2, 'b@example.org', 7);",
    f"{FOLDER}/0001_users.sql": "-- +goose Up\nCREATE TABLE users (id bigint PRIMARY KEY, email text, age int);\n"
    "-- +goose Down\nDROP TABLE users;\n",
}
STEP = f"{FOLDER}/0002_age.sql"
CHANGE = "-- +goose Up\nALTER TABLE users ALTER age SET NOT NULL;\n-- +goose Down\nALTER TABLE users ALTER age DROP NOT NULL;\n"
FILL = f"{FOLDER}/0002_fill_age.sql"
FILLED = """-- +goose NO TRANSACTION
-- +goose Up
-- +goose StatementBegin
DO $$
BEGIN
  LOOP
    UPDATE users SET age = 0 WHERE id IN (SELECT id FROM users WHERE age IS NULL LIMIT 10);
    EXIT WHEN NOT FOUND;
    COMMIT;
  END LOOP;
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
"""
CHECKED, VALIDATED, REQUIRED = (f"{FOLDER}/000{number}_age.sql" for number in (3, 4, 5))
CHECK = """-- +goose Up
ALTER TABLE users ADD CONSTRAINT age_there CHECK (age IS NOT NULL) NOT VALID;
-- +goose Down
ALTER TABLE users DROP CONSTRAINT age_there;
"""
VALIDATE = "-- +goose Up\nALTER TABLE users VALIDATE CONSTRAINT age_there;\n-- +goose Down\nSELECT 1;\n"
NOT_NULL = """-- +goose Up
ALTER TABLE users ALTER age SET NOT NULL;
ALTER TABLE users DROP CONSTRAINT age_there;
-- +goose Down
ALTER TABLE users ADD CONSTRAINT age_there CHECK (age IS NOT NULL);
ALTER TABLE users ALTER age DROP NOT NULL;
"""
GOOD = {FILL: FILLED, CHECKED: CHECK, VALIDATED: VALIDATE, REQUIRED: NOT_NULL}


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        places.cache_directory.cache_clear()
        yield
    places.cache_directory.cache_clear()


def proven(files: dict[str, str], *queries: str, change: str = CHANGE) -> Proof:
    proposal = Proposal(
        history=f"goose:{FOLDER}",
        files=tuple(AdviceFile(path=path, content=text) for path, text in files.items()),
        queries=queries,
    )
    return prove(MemoryTree(BASE), MemoryTree({**BASE, STEP: change}), proposal, SETTINGS)


def test_a_way_around_the_rows_reaches_the_schema_that_the_failing_change_wanted() -> None:
    proof = proven(GOOD, "SELECT id FROM users WHERE age IS NULL;")
    assert proof.works, proof.faults
    assert "It ends in the schema in which the change ends on empty tables." in proof.seen
    assert proof.seen[-1] == "No validation query gives a row."


@pytest.mark.parametrize(
    ("files", "queries", "fault"),
    [
        ({CHECKED: CHECK, VALIDATED: VALIDATE, REQUIRED: NOT_NULL}, (), "is violated by some row (SQLSTATE 23514)"),
        ({FILL: FILLED}, (), "It ends in another schema than is wanted: column public.users.age"),
        (GOOD, ("SELECT * FROM users WHERE age = 0", "DELETE FROM users RETURNING id", "SELECT nextval('no')"),
         "Validation query 1 gives a row, so something is wrong after it ran. "
         "Validation query 2 is not one SELECT that only reads. Validation query 3 fails: SQLSTATE 42P01."),
        ({**GOOD, FILL: FILLED.replace("UPDATE users SET age = 0", "DELETE FROM users")}, (), "It loses data: "),
        ({**GOOD, REQUIRED: NOT_NULL.replace("ALTER TABLE users ALTER age DROP NOT NULL", "SELECT 1")}, (),
         f"The way back of `{REQUIRED}` is differs"),
        ({**GOOD, REQUIRED: NOT_NULL.partition("-- +goose Down")[0]}, (), f"`{REQUIRED}` has no down."),
        ({"../0002_x.sql": FILLED}, (), "A file is not a plain name"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_said(files: dict[str, str], queries: tuple[str, ...], fault: str) -> None:
    proof = proven(files, *queries)
    assert not proof.works
    assert fault in " ".join(proof.faults)
    assert "example.org" not in str(proof)


def test_what_the_change_takes_away_by_itself_may_go() -> None:
    dropping = "-- +goose Up\nALTER TABLE users DROP COLUMN email;\n-- +goose Down\nALTER TABLE users ADD COLUMN email text;\n"
    kept = dropping.replace("DROP COLUMN email;\n--", "DROP COLUMN email, DROP COLUMN age;\n--")
    assert proven({STEP: dropping}, change=dropping).works
    assert not proven({STEP: kept}, change=dropping).works


def test_the_example_in_the_models_prompt_works() -> None:
    shown = example()
    base, answer = dict(shown.base), shown.answer
    proposal = Proposal(history=f"goose:{FOLDER}", files=answer.files, queries=answer.queries)
    proof = prove(MemoryTree(base), MemoryTree({**base, **shown.change}), proposal, SETTINGS)
    assert proof.works, proof.faults
    assert answer.model_dump_json() in redesign_system()


def test_where_the_change_comes_to_no_end_nothing_is_proven() -> None:
    proof = proven(GOOD, change="-- +goose Up\nALTER TABLE nobody ADD x int;\n-- +goose Down\nSELECT 1;\n")
    assert not proof.works
    assert proof.faults[-1].startswith("The wanted schema is not known")


def test_a_history_that_is_not_there_is_an_error_of_the_caller() -> None:
    proposal = Proposal(history="goose:elsewhere", files=(AdviceFile(path=STEP, content=CHANGE),))
    with pytest.raises(UsageError):
        prove(MemoryTree(BASE), MemoryTree({**BASE, STEP: CHANGE}), proposal, SETTINGS)
