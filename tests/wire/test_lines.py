"""Which line of a file a statement comes from, and which file a migration is."""

from __future__ import annotations

import pytest

from checks.wire.bookkeeping import Entry
from checks.wire.files import file_of
from checks.wire.lines import lines_of
from checks.wire.origins import Direction

RUBY = """class Change < ActiveRecord::Migration[7.1]
  def change
    create_table :loans do |t|
      t.references :exhibit
      t.date :back_on
    end
    add_index :loans, :back_on
    add_column :exhibits, :number, :uuid
    add_index :exhibits, :number
    remove_index :exhibits, :title
  end
end
"""
SCRIPT = r"""exports.up = async (knex) => {
  await knex.raw(`
    UPDATE films
       SET title = 'x'
  `);
  await knex.raw("ALTER TABLE \"films\" ADD \"title\" text");
};

exports.down = async (knex) => {
  await knex.raw("ALTER TABLE \"films\" ADD \"title\" text");
};
"""


def test_calls_in_their_order() -> None:
    said = [
        'CREATE TABLE "loans" ("id" bigserial, "exhibit_id" bigint, "back_on" date)',
        'CREATE INDEX "index_loans_on_back_on" ON "loans" ("back_on")',
        'ALTER TABLE "exhibits" ADD "number" uuid',
        'CREATE INDEX "index_exhibits_on_number" ON "exhibits" ("number")',
        'DROP INDEX "index_exhibits_on_title"',
    ]
    assert _lines(said, RUBY) == [3, 7, 8, 9, 10]


def test_a_change_that_is_gone_backwards() -> None:
    said = [
        'DROP INDEX "index_exhibits_on_number"',
        'ALTER TABLE "exhibits" DROP COLUMN "number"',
        'DROP TABLE "loans"',
    ]
    assert _lines(said, RUBY, "down") == [9, 8, 3]


def test_a_statement_that_the_file_has_in_words() -> None:
    """White space and the backslashes of a string aside, and in the half of the file that is the right direction's."""
    said = ["UPDATE films\n       SET title = 'x'", 'ALTER TABLE "films" ADD "title" text']
    assert lines_of(said, SCRIPT) == [(3, False), (6, False)]
    assert lines_of(said[1:], SCRIPT, "down") == [(10, False)]


def test_what_no_line_is_about() -> None:
    assert _lines(["BEGIN", "UPDATE nothing_of_this SET a = 1"], RUBY) == [1, 1]
    assert _lines(["UPDATE t SET a = 1"], "") == [1]


def _lines(said: list[str], text: str, direction: Direction = "up") -> list[int]:
    """All of them guesses."""
    told = lines_of(said, text, direction)
    assert all(one.is_guess for one in told)
    return [one.line for one in told]


@pytest.mark.parametrize(
    ("tool", "name", "file"),
    [
        ("typeorm", "Init1000000000000", "src/migration/1000000000000-Init.ts"),
        ("typeorm", "v121579267006611", "src/migration/1579267006611-v12.js"),
        ("typeorm", "SuspendedSince1716345771510", "src/migration/1716447138870-SuspendedSince.js"),
        ("prisma", "20250101000000_init", "prisma/migrations/20250101000000_init/migration.sql"),
        ("schema_migrations", "7", "db/migrate/007_add_relations.rb"),
        ("schema_migrations", "20250303000000", "db/migrate/20250303000000_create_books.rb"),
        ("knex", "20250101000000_init.js", "knex/20250101000000_init.ts"),
        ("sequelize", "20250101000000-init.js", "server/20250101000000-init.js"),
        ("knex", "20200101000000_gone.js", "knex:20200101000000_gone.js"),
    ],
)
def test_the_file_of_a_migration(tool: str, name: str, file: str) -> None:
    paths = [
        "src/migration/1000000000000-Init.ts",
        "src/migration/1579267006611-v12.js",
        "src/migration/1716447138870-SuspendedSince.js",
        "prisma/migrations/20250101000000_init/migration.sql",
        "prisma/migrations/20250101000000_init/notes.md",
        "db/migrate/007_add_relations.rb",
        "db/migrate/20250303000000_create_books.rb",
        "db/migrate/20250707000000_add_7_relations.rb",
        "dist/20250101000000_init.d.ts",
        "knex/20250101000000_init.ts",
        "server/20250101000000-init.js",
    ]
    assert file_of(Entry(tool, (name,), "applied"), paths) == file
