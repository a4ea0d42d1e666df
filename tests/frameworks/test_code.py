"""Migrations that are code: what nobody has run is open, never green."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from checks.change import compare_histories
from checks.frameworks.code import not_run
from checks.frameworks.find import find_histories
from checks.model.report import Report, Verdict
from checks.settings import FolderSettings, Settings
from checks.trees import MemoryTree
from checks.trees.directory import DirectoryTree
from checks.validate import validate

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDERS = {
    "alembic": "migrations/versions",
    "django": "orders/migrations",
    "knex": "migrations",
    "rails": "db/migrate",
    "sequelize": "migrations",
    "typeorm": "migrations",
}
DJANGO = "from django.db import migrations\n\nclass Migration(migrations.Migration): ...\n"
NEW = {"shop/migrations/0002_price.py": DJANGO}
QUICK = Settings(rows=0)
GOOSE = {
    "db/migrations/00001_a.sql": "-- +goose Up\nCREATE TABLE a (id int);\n-- +goose Down\nDROP TABLE a;\n"
}


def reviewed(head: Mapping[str, str], base: Mapping[str, str] = {}, settings: Settings = QUICK) -> Report:
    return validate(MemoryTree(base), MemoryTree(head), settings)


@pytest.mark.parametrize("tool", FOLDERS)
def test_each_migration_of_the_example_is_known_for_one_of_its_tool(tool: str) -> None:
    tree = DirectoryTree(EXAMPLES / tool, "example")
    folder = f"{FOLDERS[tool]}/"
    there = {path for path in tree.paths() if path.startswith(folder) and not path.endswith("__init__.py")}
    found = list(not_run(MemoryTree({}), tree, Settings(), ()))
    assert {one.path for one in found} == there
    assert all(f"It is {tool}'s" in one.reason for one in found)


def test_it_is_unproven_alone_and_beside_migrations_that_can_be_read() -> None:
    for base in ({}, GOOSE):
        report = reviewed({**base, **NEW}, base)
        assert report.verdict is Verdict.UNPROVEN
        assert [one.path for one in report.unproven] == [*NEW]
        assert report.headline == "no migration was run: 1 part could not be proven"


def test_what_is_there_already_ignored_or_elsewhere_is_none_of_the_change() -> None:
    assert reviewed(NEW, NEW).says_nothing
    assert reviewed(NEW, settings=Settings(rows=0, ignore=("shop/**",))).says_nothing
    assert reviewed(NEW, settings=Settings(rows=0, folders=(FolderSettings(path="db"),))).says_nothing


@pytest.mark.parametrize("folder", [".", "./shop", "shop/", "shop/migrations"])
def test_a_folder_is_named_in_any_way(folder: str) -> None:
    report = reviewed(NEW, settings=Settings(rows=0, folders=(FolderSettings(path=folder),)))
    assert report.verdict is Verdict.UNPROVEN


def test_files_that_only_look_like_migrations_are_left_alone() -> None:
    likely = {
        "app/migrations/__init__.py": "",
        "app/migrations/helpers.py": "import re\n",
        "app/models/0001_user.py": DJANGO,
        "src/migrations/1.test.ts": "import { Knex } from 'knex'",
        "src/migrations/types.d.ts": "import { Knex } from 'knex'",
        "node_modules/x/migrations/1.js": "exports.up = (knex) => 1",
        "lib/migrate/a.rb": "class A < ActiveRecord::Migration[7.0]\nend\n",
    }
    assert reviewed(likely).says_nothing


def test_a_tool_that_was_heard_has_said_all() -> None:
    head = MemoryTree({**GOOSE, **NEW})
    read = compare_histories((), find_histories(head, Settings()))
    (change,) = read
    for tool, left in (("django", 0), ("command", 0), ("rails", 1)):
        heard = change.model_copy(update={"head": change.head.model_copy(update={"tool": tool})})
        assert len([*not_run(MemoryTree({}), head, Settings(), [heard])]) == left
