"""Liquibase's XML, YAML and JSON changelogs: what they include, in order, and the changesets they hold.

Source: ``DatabaseChangeLog.handleChildNode`` and the changelog XSD of Liquibase 4 and 5.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal
from xml.parsers import expat

import yaml

from checks.model.migrations import Problem

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_LENGTH = 1_000_000
_MAX_DEPTH = 100
_READS = ("path", "file")
"""Attributes of changes that name a file (``sqlFile``, ``loadData``, ``createProcedure``)."""
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
    body: str = ""
    """For a changeset: SHA-256 over what Liquibase's checksum is made of, white space and order of attributes aside."""
    reads: tuple[str, ...] = ()
    """Files that its changes name, whose text is a part of the checksum."""
    accepts_edits: bool = False
    """It has a ``validCheckSum``."""


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


_NOT_SUMMED = frozenset({"rollback", "preConditions", "comment", "validCheckSum"})
"""Parts of a changeset that its checksum leaves out, as it does all attributes (``ChangeSet.generateCheckSum``)."""


@dataclass
class _OpenChangeset:
    """A changeset of XML, between its tags."""

    attributes: dict[str, str]
    line: int
    inside: list[str] = field(default_factory=list)
    """The names of its elements."""
    said: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)

    def entry(self) -> Entry:
        return Entry(
            "changeSet",
            self.attributes,
            self.line,
            tuple(self.inside),
            rollback="rollback" in self.inside,
            body=_summed(" ".join("".join(self.said).split())),
            reads=tuple(self.reads),
            accepts_edits="validCheckSum" in self.inside,
        )


def _xml(text: str) -> Iterator[Entry]:
    entries: list[Entry] = []
    stack: list[str] = []
    open_changeset: list[_OpenChangeset] = []
    parser = expat.ParserCreate()

    def is_summed() -> bool:
        return len(stack) > 2 and bool(open_changeset) and stack[2] not in _NOT_SUMMED

    def refuse(*_: object) -> None:
        raise _DoctypeError

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if len(stack) == 1 and name in _KINDS and stack[0] == "databaseChangeLog":
            if name == "changeSet":
                open_changeset[:] = [_OpenChangeset(attributes, parser.CurrentLineNumber)]
            else:
                entries.append(Entry(_KINDS[name], attributes, parser.CurrentLineNumber))
        elif len(stack) == 2 and open_changeset:
            open_changeset[0].inside.append(name)
        stack.append(name)
        if is_summed():
            open_changeset[0].said.append(f"<{name} {sorted(attributes.items())}>")
            open_changeset[0].reads += [attributes[key] for key in _READS if key in attributes]

    def said(words: str) -> None:
        if is_summed():
            open_changeset[0].said.append(words)

    def end(tag: str) -> None:
        if is_summed():
            open_changeset[0].said.append("</>")
        stack.pop()
        if len(stack) == 1 and open_changeset:
            entries.append(open_changeset.pop().entry())

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = said
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
                for part, node in inner
                if part == "changes" and isinstance(node, yaml.SequenceNode)
                for change in node.value
                for name, _ in _pairs(change)
            ]
            names = {name for name, _ in inner}
            summed = [node for name, node in inner if name in ("changes", "modifySql")]
            yield Entry(
                _KINDS[key],
                attributes,
                item.start_mark.line + 1,
                tuple(changes),
                rollback="rollback" in names,
                body=_summed(*(_node_sum(node, {}) for node in summed)),
                reads=tuple(value for node in summed for value in _files_named(node)),
                accepts_edits="validCheckSum" in names,
            )


def _node_sum(node: yaml.Node, known: dict[int, str]) -> str:
    """Of what a node says. Each is looked at once: a name for a node (``&a``, ``*a``) can stand for itself, or for millions."""
    if id(node) not in known:
        known[id(node)] = ""
        match node:
            case yaml.ScalarNode():
                parts = [" ".join(str(node.value).split())]
            case yaml.SequenceNode():
                parts = [_node_sum(item, known) for item in node.value]
            case _:
                parts = sorted(f"{name}:{_node_sum(value, known)}" for name, value in _pairs(node))
        known[id(node)] = _summed(type(node).__name__, *parts)
    return known[id(node)]


def _files_named(changes: yaml.Node) -> Iterator[str]:
    for change in changes.value if isinstance(changes, yaml.SequenceNode) else ():
        for _, fields in _pairs(change):
            for name, value in _pairs(fields):
                if name in _READS and isinstance(value, yaml.ScalarNode):
                    yield str(value.value)


def _summed(*parts: str) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _pairs(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield str(key.value), value
