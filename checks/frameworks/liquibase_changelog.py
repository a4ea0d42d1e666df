"""Liquibase's XML, YAML and JSON changelogs: what they include, in order, and the changesets they hold.

Source: ``DatabaseChangeLog.handleChildNode`` and the changelog XSD of Liquibase 4 and 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from xml.parsers import expat

import yaml

from checks.model.migrations import Problem

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_LENGTH = 1_000_000
_MAX_DEPTH = 100
Kind = Literal["include", "includeAll", "changeSet", "property"]
_KINDS: dict[str, Kind] = {
    "include": "include",
    "includeAll": "includeAll",
    "changeSet": "changeSet",
    "property": "property",
}


@dataclass(frozen=True)
class Entry:
    """One thing that a changelog says at its top level."""

    kind: Kind
    attributes: Mapping[str, str]
    line: int
    changes: tuple[str, ...] = ()
    """For a changeset: the names of its changes (``createTable``, ``sqlFile``)."""
    rollback: bool = False


@dataclass(frozen=True)
class Changelog:
    entries: tuple[Entry, ...]
    problem: Problem | None = None


def read_changelog(text: str, path: str) -> Changelog:
    """The entries in order; a problem when the file is not one that a parser reads."""
    if len(text) > _MAX_LENGTH:
        return _broken(path, 1, f"it is longer than {_MAX_LENGTH:,} characters")
    try:
        if path.lower().endswith(".xml"):
            return Changelog(tuple(_xml(text)))
        return Changelog(tuple(_yaml(text.replace("\t", " "))))
    except expat.ExpatError as error:
        return _broken(path, error.lineno, expat.ErrorString(error.code))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return _broken(path, line, error.problem or "not YAML")
    except (yaml.YAMLError, RecursionError, _DoctypeError) as error:
        return _broken(path, 1, str(error))


def _broken(path: str, line: int, why: str) -> Changelog:
    message = f"Liquibase cannot read this changelog: {why}."
    return Changelog((), Problem(rule="unreadable-file", path=path, line=line, message=message))


class _DoctypeError(ValueError):
    """it declares a document type, and its entities are not expanded here"""

    def __str__(self) -> str:
        return self.__doc__ or ""


def _xml(text: str) -> Iterator[Entry]:
    entries: list[Entry] = []
    stack: list[str] = []
    open_changeset: list[tuple[dict[str, str], int, list[str], bool]] = []
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise _DoctypeError

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if len(stack) == 1 and name in _KINDS and stack[0] == "databaseChangeLog":
            if name == "changeSet":
                open_changeset[:] = [(attributes, parser.CurrentLineNumber, [], False)]
            else:
                entries.append(Entry(_KINDS[name], attributes, parser.CurrentLineNumber))
        elif len(stack) == 2 and open_changeset:
            own, line, changes, rollback = open_changeset[0]
            open_changeset[0] = (own, line, [*changes, name], rollback or name == "rollback")
        stack.append(name)

    def end(tag: str) -> None:
        stack.pop()
        if len(stack) == 1 and open_changeset:
            own, line, changes, rollback = open_changeset.pop()
            entries.append(Entry("changeSet", own, line, tuple(changes), rollback))

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(text.encode(), True)
    return iter(entries)


def _yaml(text: str) -> Iterator[Entry]:
    _check_depth(text)
    root = yaml.compose(text, Loader=_LOADER)
    for key, value in _pairs(root):
        if key == "databaseChangeLog" and isinstance(value, yaml.SequenceNode):
            for item in value.value:
                yield from _yaml_entry(item)


def _check_depth(text: str) -> None:
    """libyaml builds the tree recursively and ends the process when its stack is used up; its events do not."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise yaml.YAMLError(f"it is nested more than {_MAX_DEPTH} levels deep")


def _yaml_entry(item: yaml.Node) -> Iterator[Entry]:
    for key, value in _pairs(item):
        if key in _KINDS:
            inner = list(_pairs(value))
            attributes = {name: str(node.value) for name, node in inner if isinstance(node, yaml.ScalarNode)}
            changes = [
                name
                for field, node in inner
                if field == "changes" and isinstance(node, yaml.SequenceNode)
                for change in node.value
                for name, _ in _pairs(change)
            ]
            rollback = any(name == "rollback" for name, _ in inner)
            yield Entry(_KINDS[key], attributes, item.start_mark.line + 1, tuple(changes), rollback)


def _pairs(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield str(key.value), value
