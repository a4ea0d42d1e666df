from __future__ import annotations

import pytest

from bot import downstream as searched
from bot.downstream import Downstream, downstream
from checks.model.report import HistoryReport, Report, Risk, RiskLevel, SchemaDiff, Verdict
from checks.settings import Settings
from checks.trees.tree import MemoryTree
from checks.validate import validate

FOLDER = "db/migrations"
BASE = {
    f"{FOLDER}/0001_shop.sql": """-- migrate:up
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE order_items (id bigint PRIMARY KEY, unit_price numeric, note text);
CREATE TABLE carts (id bigint PRIMARY KEY);
-- migrate:down
"""
}
CHANGE = {
    f"{FOLDER}/0002_away.sql": """-- migrate:up
ALTER TABLE order_items DROP COLUMN note;
ALTER TABLE order_items RENAME COLUMN unit_price TO price;
ALTER TYPE mood RENAME VALUE 'sad' TO 'unhappy';
DROP TABLE carts;
-- migrate:down
"""
}
CODE = {
    "app/items.py": "class OrderItem:\n    unit_price = 1\n    note: str\n    notes: str\n",
    "app/items.ts": "const q = sql`select unitPrice from order_items`\n",
    "app/cart.rb": "class Cart < Model\nend\nCarts.all\ncartsize = 1\n",
    "app/other.py": "note = 'this file knows no such table'\nmood = 'sad'\nit = 'is sad'\n",
    "node_modules/x/index.js": "carts order_items note\n",
    "app/logo.png": b"\x89PNG carts",
    "app/blob.bin": b"\0carts",
    "README.md": "carts\n",
    f"{FOLDER}/seed.txt.sql.bak": "carts\n",
    "app/large.js": "carts\n" + "x" * 1_000_001,
}


@pytest.fixture(scope="module")
def report() -> Report:
    settings = Settings(postgres=18, provider="bundled")
    return validate(MemoryTree(BASE), MemoryTree({**BASE, **CHANGE}), settings)


def found(report: Report, code: dict[str, str | bytes]) -> list[tuple[str, int, str]]:
    search = downstream(report, MemoryTree({**BASE, **CHANGE, **code}))
    assert search.stopped == ""
    return [(one.path, one.line, one.object) for one in search.usages]


def test_the_places_that_still_name_what_goes_away(report: Report) -> None:
    assert found(report, CODE) == [
        ("app/cart.rb", 1, "table public.carts"),
        ("app/cart.rb", 3, "table public.carts"),
        ("app/items.py", 2, "column public.order_items.unit_price"),
        ("app/items.py", 3, "column public.order_items.note"),
        ("app/items.ts", 1, "column public.order_items.unit_price"),
        ("app/other.py", 2, "enum public.mood 'sad'"),
    ]


def test_a_change_that_takes_nothing_away_is_not_searched() -> None:
    empty = Report(
        base="a",
        head="b",
        verdict=Verdict.PASS,
        headline="",
        risk=Risk(level=RiskLevel.LOW, reasons=()),
        histories=(HistoryReport(id="", tool="", folder="", database="", base_migrations=0),),
        schema_diff=SchemaDiff(text=""),
    )
    assert downstream(empty, MemoryTree(CODE)) == Downstream()


def test_of_one_object_the_first_places_are_enough(report: Report) -> None:
    assert len(found(report, {"a.py": "carts\n" * 100})) == searched.MOST_OF_ONE


def test_it_says_when_it_did_not_look_at_everything(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searched, "MOST_FILES", 2)
    search = downstream(report, MemoryTree(CODE))
    assert search.files == 2
    assert search.stopped == "More than 2 files: the rest was not looked at."


def test_a_long_line_is_cut(report: Report) -> None:
    search = downstream(report, MemoryTree({"a.py": "carts " + "x" * 9_999}))
    assert len(search.usages[0].text) == searched.LONGEST_LINE
