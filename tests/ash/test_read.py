"""Snapshots of all generations, and files that are none."""

from __future__ import annotations

import json

import pytest
from snapshots import attribute, snapshot

from checks.ash.read import read_extensions, read_snapshot
from checks.ash.snapshot import ArrayOf, Extensions, Snapshot
from checks.frameworks.view import View
from checks.model.migrations import Problem
from checks.trees.tree import MAX_FILE_BYTES, MemoryTree

PATH = "priv/resource_snapshots/repo/posts/20260101000000.json"
FIRST_GENERATION = """
{
  "table": "posts", "hash": "A0", "repo": "Elixir.Blog.Repo", "base_filter": null,
  "multitenancy": {"strategy": null, "attribute": null, "global": null},
  "attributes": [
    {"name": "id", "type": "integer", "default": null, "allow_nil?": false, "generated?": true, "primary_key?": true,
     "references": null},
    {"name": "title", "type": ["varchar", 255], "default": "nil", "allow_nil?": true, "generated?": false,
     "primary_key?": false, "references": null},
    {"name": "user_id", "type": "integer", "default": "nil", "allow_nil?": true, "generated?": false,
     "primary_key?": false, "references": {"table": "users", "destination_field": "id",
     "destination_field_default": "nil", "destination_field_generated": true, "on_delete": null, "on_update": null}}
  ],
  "identities": [{"name": "unique_title", "keys": ["title", "lower(title)"], "base_filter": null}]
}
"""


def read(body: str | bytes) -> Snapshot | Problem:
    return read_snapshot(View(MemoryTree({PATH: body})), PATH)


def test_the_first_generation_is_read_as_the_newest() -> None:
    said = read(FIRST_GENERATION)
    assert isinstance(said, Snapshot)
    ident, title, user = said.attributes
    assert (ident.source, ident.default, ident.primary_key) == ("id", "nil", True)
    assert title.type == "varchar"
    assert user.references and (
        user.references.destination_attribute,
        user.references.destination_generated,
    ) == (
        "id",
        True,
    )
    [identity] = said.identities
    assert "index_name" not in identity.model_fields_set
    assert [(key.type, key.value) for key in identity.keys] == [("atom", "title"), ("string", "lower(title)")]
    assert said.custom_indexes == said.custom_statements == said.check_constraints == ()


def test_types_inside_of_arrays() -> None:
    said = read(snapshot("posts", attribute("tags", ["array", ["array", "text"]])))
    assert isinstance(said, Snapshot)
    assert said.attributes[1].type == ArrayOf(item=ArrayOf(item="text"))


HOSTILE: dict[str, tuple[str | bytes, int, str]] = {
    "empty": ("", 1, "is no JSON: EOF while parsing a value"),
    "cut off": ('{"table": "posts",\n"attributes": [', 2, "is no JSON: EOF"),
    "nested deeply": ("[" * 1_000_000, 1, "is no JSON: recursion limit exceeded"),
    "nested deeply inside": (
        '{"table": "x", "attributes": [{"source": "a", "type": ' + '["array",' * 100_000,
        1,
        "is no JSON: recursion limit exceeded",
    ),
    "not text": (b'{"table": "\xff"}', 1, "is not UTF-8"),
    "too large": (b" " * (MAX_FILE_BYTES + 1), 1, "bytes; the limit"),
    "a list": ("[]", 1, "is no resource snapshot: the whole: Input should be an object"),
    "null": ("null", 1, "is no resource snapshot: the whole"),
    "a number": ("9" * 5000, 1, "is no JSON: number out of range"),
    "half of a letter": (r'{"table": "\ud800", "attributes": []}', 1, "is no JSON"),
    "a zero byte": ('{\n"table": "a\\u0000b", "attributes": []}', 2, "holds a NUL"),
    "no attributes": ('{"table": "posts"}', 1, "is no resource snapshot: attributes: Field required"),
    "a type that is none": (
        '{\n"table": "posts",\n"attributes": [{"source": "a", "type": {"is": 1}}]}',
        3,
        "is no resource snapshot: attributes.0.type",
    ),
    "keys that are none": (
        '{"table": "posts", "attributes": [],\n"identities": [{"name": "a", "keys": [1]}]}',
        2,
        "is no resource snapshot: identities.0.keys.0",
    ),
    "more columns than a table can have": (
        json.dumps(
            {"table": "posts", "attributes": [{"source": f"a{n}", "type": "text"} for n in range(1601)]}
        ),
        1,
        "is no resource snapshot: attributes",
    ),
}


@pytest.mark.parametrize("situation", HOSTILE)
def test_what_is_no_snapshot_is_said_with_its_line(situation: str) -> None:
    body, line, message = HOSTILE[situation]
    problem = read(body)
    assert isinstance(problem, Problem)
    assert (problem.rule, problem.path, problem.line) == ("ash-unreadable-snapshot", PATH, line)
    assert problem.message.startswith(message) or message in problem.message
    assert len(problem.message) < 400


@pytest.mark.parametrize("body", ['["citext"]', '{"installed": ["citext"]}'])
def test_extensions_of_both_generations(body: str) -> None:
    assert read_extensions(View(MemoryTree({PATH: body})), PATH) == Extensions(installed=("citext",))
