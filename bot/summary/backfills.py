"""Whether a migration moves data in more than one keyed update."""

from __future__ import annotations

from google.protobuf.message import Message
from postgast import pg_query_pb2 as pg

from checks.model.observations import Observation
from checks.model.report import MigrationReport
from checks.sql.parse import find, parse, unwrap

_MOVES = frozenset({"UPDATE", "DELETE", "MERGE", "INSERT"})


def moves_data(migration: MigrationReport) -> bool:
    """Several statements that change rows, or one that takes its values from elsewhere. Rows that are written out in
    an INSERT are no move."""
    moves = [seen for seen in migration.up.statements if seen.ran and _is_a_move(seen)]
    return len(moves) > 1 or any(_is_complex(seen) for seen in moves)


def _is_a_move(seen: Observation) -> bool:
    if seen.kind not in _MOVES:
        return False
    tree = parse(seen.sql)
    if not isinstance(tree, pg.InsertStmt):
        return True
    source = unwrap(tree.select_stmt) if tree.HasField("select_stmt") else None
    return isinstance(source, pg.SelectStmt) and bool(source.from_clause)


def _is_complex(seen: Observation) -> bool:
    """More than an UPDATE or DELETE of one table by its own columns."""
    tree = parse(seen.sql)
    if tree is None or isinstance(tree, (pg.InsertStmt, pg.MergeStmt)):
        return True
    return _reads_others(tree) or next(find(tree, "SubLink"), None) is not None


def _reads_others(tree: Message) -> bool:
    if isinstance(tree, pg.UpdateStmt):
        return bool(tree.from_clause) or tree.HasField("with_clause")
    if isinstance(tree, pg.DeleteStmt):
        return bool(tree.using_clause) or tree.HasField("with_clause")
    return False
