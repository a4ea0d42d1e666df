"""What was heard, as the history of the tool that said it: each migration with the statements that ran for it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from checks.errors import FileError
from checks.model.migrations import Gap, History, Migration, Script, Statement, TransactionMode
from checks.sql.parse import command_tag, find, parse
from checks.trees import Tree
from checks.trees.tree import read_text
from checks.wire.bookkeeping import Entry, entry_of, is_bookkeeping
from checks.wire.finder import Finder
from checks.wire.lines import lines_of
from checks.wire.origins import ANYWHERE, Direction, origins_of
from checks.wire.recorded import Recorded
from checks.wire.session import Kept, changes_nothing, is_setting

_CATALOGS = frozenset({"pg_catalog", "information_schema"})
_QUESTIONS = frozenset({"SELECT", "SHOW", "EXPLAIN"})
_HARMLESS = re.compile(r"pg_(?!advisory|try_advisory|switch|terminate|cancel)\w+|version|current_\w+|to_reg\w+|count|coalesce|array_\w+|obj_description|col_description|format_type|exists|has_\w+_privilege|quote_\w+|lower|upper|unnest|generate_subscripts|generate_series|max|min|string_agg|json_\w+|row_to_json")  # fmt: skip
"""Functions that a tool asks about the server with."""
_LOCK = re.compile(r"pg_(?:try_)?advisory_(?:xact_)?(?:un)?lock(?:_shared|_all)?|hashtext(?:extended)?")
_CONTROL = frozenset(
    {
        "BEGIN",
        "START TRANSACTION",
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT",
        "RELEASE",
        "DISCARD ALL",
        "DEALLOCATE",
    }
)
UNNAMED = "the command"
"""The version of what no line in a book is about."""


@dataclass
class _Group:
    """Statements of one migration."""

    entry: Entry | None = None
    statements: list[Recorded] = field(default_factory=list)


def history_of(recorded: Sequence[Recorded], tree: Tree, called: str = UNNAMED) -> History:
    """``tree`` has the files among which those of the migrations are looked for.

    What the tool only asks, and its own tables, are left out. Statements for which no line was written in a tool's book
    belong to one migration of the name ``called``, and their lines are counted.
    """
    applied = [*_with_settings(_named(_groups(recorded)))]
    groups = [group for group in applied if _own(group)]
    together = _share_a_transaction(groups)
    finder = Finder(tree)
    migrations = tuple(_migration(group, tree, finder, together, called) for group in groups)
    named = [one for one in migrations if one.path != called]
    return History(
        tool=_tool(groups, recorded),
        folder=_folder(named),
        migrations=migrations,
        silent=tuple(finder.of(group.entry) for group in applied if group.entry and not _own(group)),
        has_downs=False,
    )


def _tool(groups: Sequence[_Group], recorded: Sequence[Recorded]) -> str:
    """Of those that share ``schema_migrations``, Rails is the one with a second table."""
    tool = next((group.entry.tool for group in groups if group.entry), "command")
    is_rails = tool == "schema_migrations" and any("ar_internal_metadata" in one.sql for one in recorded)
    return "rails" if is_rails else tool


def _groups(recorded: Sequence[Recorded]) -> list[_Group]:
    """Cut behind each line in the book, or behind the COMMIT that follows it; before it where the tool writes it first."""
    groups = [_Group()]
    ordered = sorted(recorded, key=lambda one: one.started)
    for one in ordered:
        entry = entry_of(one.sql) if one.error is None else None
        if entry is not None and entry.kind == "begun":
            groups.append(_Group(entry))
            continue
        ends = _is_end(one) and groups[-1].entry is None and not groups[-1].statements and len(groups) > 1
        (groups[-2] if ends else groups[-1]).statements.append(one)
        if entry is not None and entry.kind == "applied":
            groups[-1].entry = entry
            groups.append(_Group())
    return groups


def _named(groups: Sequence[_Group]) -> Sequence[_Group]:
    """Without what a tool does behind its last migration, unless that is where it failed."""
    *before, last = groups
    in_order = all(one.error is None for one in last.statements)
    return before if in_order and last.entry is None and any(group.entry for group in before) else groups


def _with_settings(groups: Sequence[_Group]) -> Iterator[_Group]:
    """Each behind the settings that its connections have from those before it."""
    kept = Kept()
    for group in groups:
        said = [*group.statements]
        group.statements = [*kept.before(said), *said]
        kept.note(said)
        yield group


def _is_end(one: Recorded) -> bool:
    return command_tag(one.sql) in ("COMMIT", "ROLLBACK")


def _is_begin(one: Recorded) -> bool:
    return command_tag(one.sql) in ("BEGIN", "START TRANSACTION")


def _own(group: _Group) -> bool:
    """Whether anything is left of it when the tool's questions and its book are taken away."""
    return any(_is_unseen(one) or (not is_left_out(one) and not _is_control(one)) for one in group.statements)


def own_statements(statements: Sequence[Recorded]) -> list[Recorded]:
    """What a migration says; nothing of a connection that only keeps the tool's book or lock.

    In the order in which it came to be: a transaction in one piece, at its end. What another connection did meanwhile
    did not see it, but may be seen by it.
    """
    kept = [one for one in statements if not is_left_out(one)]
    speaking = {one.connection for one in kept if not _is_control(one)}
    ended: list[list[Recorded]] = []
    open_: dict[int, list[Recorded]] = {}
    for one in kept:
        if one.connection not in speaking:
            continue
        piece = open_.setdefault(one.connection, [])
        piece.append(one)
        if _is_end(one) or not (one.in_transaction or _is_begin(one)):
            ended.append(open_.pop(one.connection))
    return [one for piece in (*ended, *open_.values()) for one in piece]


def _is_control(one: Recorded) -> bool:
    return _is_plumbing(one.sql)


def is_left_out(one: Recorded) -> bool:
    """What is no part of a migration: the tool's questions, its book, its lock, its prepared statements.

    A statement is kept with its values written out, so nothing is prepared when it is run again.
    """
    return (
        not one.sql
        or command_tag(one.sql) == "DEALLOCATE"
        or is_bookkeeping(one.sql)
        or _is_question(one.sql)
        or _is_lock(one.sql)
        or changes_nothing(one.sql)
    )


def _is_unseen(one: Recorded) -> bool:
    """Something was asked, and what it was is not known."""
    return not one.sql and bool(one.lost)


def _is_question(sql: str) -> bool:
    """A query that reads nothing but catalogs, and calls nothing that could change something."""
    if command_tag(sql) not in _QUESTIONS:
        return False
    node: Any = parse(sql)
    if node is None:
        return False
    tables = list(find(node, "RangeVar"))
    own = {one.ctename for one in find(node, "CommonTableExpr")}  # type: ignore[attr-defined]
    return all(_is_catalog(one, own) for one in tables) and all(map(_HARMLESS.fullmatch, _calls(node)))


def _is_lock(sql: str) -> bool:
    """With which a tool keeps a second run of itself away: there is none when its statements are run again."""
    if command_tag(sql) != "SELECT":
        return False
    node: Any = parse(sql)
    calls = _calls(node)
    return bool(calls) and all(map(_LOCK.fullmatch, calls)) and not list(find(node, "RangeVar"))


def _calls(node: Any) -> list[str]:
    return [str(one.funcname[-1].string.sval) for one in find(node, "FuncCall")]  # type: ignore[attr-defined]


def _is_catalog(relation: Any, own: set[str]) -> bool:
    return relation.schemaname in _CATALOGS or relation.relname.startswith("pg_") or relation.relname in own


def _share_a_transaction(groups: Sequence[_Group]) -> bool:
    """Whether the tool opens one transaction around all migrations of a run, as Alembic does."""
    ends = sum(_is_end(one) for group in groups for one in group.statements)
    return (
        len(groups) > 1
        and ends <= 1
        and all(one.in_transaction for group in groups for one in group.statements[1:])
    )


def _migration(group: _Group, tree: Tree, finder: Finder, together: bool, called: str) -> Migration:
    version = ".".join(group.entry.version) if group.entry else UNNAMED
    path = finder.of(group.entry) if group.entry else called
    kept = own_statements(group.statements)
    texts = [one.sql for one in kept if not _is_control(one)] if together else [*closed(kept)]
    statements = statements_of(texts, path, text_of(tree, path)) if group.entry else _counted(texts, path)
    mode = TransactionMode.ALL_PENDING if together else TransactionMode.AUTOCOMMIT
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    return Migration(
        version=version,
        name=group.entry.version[-1] if group.entry else called,
        path=path,
        files=(path,),
        digest=digest,
        up=Script(statements=statements, transaction=mode),
        down=None,
        gaps=tuple(gaps_of(group.statements, path, "up")),
        repeatable=_is_repeatable(group.entry),
        translation=digest,
    )


def _is_repeatable(entry: Entry | None) -> bool:
    """Flyway runs ``R__name.sql`` again whenever its text changes (Flyway docs, 'Repeatable migrations')."""
    return bool(entry and entry.tool == "flyway" and entry.version[-1].rpartition("/")[2].startswith("R__"))


def statements_of(
    texts: Sequence[str], path: str, text: str, direction: Direction = "up", printed: str = ""
) -> tuple[Statement, ...]:
    """Each at the line of its file that it comes from, as far as that can be told. ``printed``: see ``origins_of``."""
    origins = origins_of(texts, path, text, direction, printed)
    own = [ANYWHERE if _is_plumbing(sql) else origin for sql, origin in zip(texts, origins, strict=True)]
    return tuple(
        Statement(
            sql=sql,
            path=path,
            line=told.line,
            end_line=told.line,
            line_is_guess=told.is_guess and bool(text) and not _is_plumbing(sql),
        )
        for sql, told in zip(texts, lines_of(texts, text, direction, own), strict=True)
    )


def _is_plumbing(sql: str) -> bool:
    """What no line of a file says, or says for all that follow."""
    return command_tag(sql) in _CONTROL or is_setting(sql)


def _counted(texts: Sequence[str], path: str) -> tuple[Statement, ...]:
    """Of no file: the first statement is line 1."""
    places = enumerate(texts, start=1)
    return tuple(Statement(sql=sql, path=path, line=place, end_line=place) for place, sql in places)


def text_of(tree: Tree, path: str) -> str:
    """Nothing for what is no file of the tree, or cannot be read: then nothing is known of lines."""
    try:
        return read_text(tree, path)
    except FileError:
        return ""


def closed(statements: Sequence[Recorded]) -> Iterator[str]:
    """The statements with a transaction's beginning and end where the tool had one open across a migration's border.

    A transaction in which nothing is left is left out: that of the tool's book, where the migration itself has none.
    """
    begins = ""
    open_ = False
    for one in statements:
        if _is_end(one):
            if open_ and not begins:
                yield one.sql
            open_, begins = False, ""
            continue
        if _is_begin(one) or (one.in_transaction and not open_):
            begins, open_ = one.sql if _is_begin(one) else "BEGIN", True
        if not _is_begin(one):
            if begins:
                yield begins
                begins = ""
            yield one.sql
    if open_ and not begins:
        yield "COMMIT"


def gaps_of(statements: Sequence[Recorded], path: str, direction: Literal["up", "down"]) -> Iterator[Gap]:
    """What was not heard whole, each reason once."""
    lost = [one for one in statements if _is_unseen(one) or (one.lost and not is_left_out(one))]
    for reason, unseen in dict.fromkeys((one.lost, _is_unseen(one)) for one in lost):
        kind: Literal["code", "doubt"] = "code" if unseen else "doubt"
        said = f"a statement of which {reason}"
        yield Gap(path=path, line=1, reason=said, direction=direction, kind=kind)


def _folder(migrations: Sequence[Migration]) -> str:
    folders = {one.path.rpartition("/")[0] for one in migrations}
    return folders.pop() if len(folders) == 1 else ""
