"""An UPDATE, DELETE or INSERT … SELECT as PostgreSQL's parser reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from postgast import pg_query_pb2

from checks.backfill.model import Refused
from checks.model.tables import Batching
from checks.sql.parse import find, parse

VERBS = {"UpdateStmt": "UPDATE", "DeleteStmt": "DELETE", "InsertStmt": "INSERT"}
NOT_ROWS = "It is no UPDATE, DELETE or INSERT … SELECT."
SET_OPERATION = (
    "It puts the rows of several queries together (UNION, INTERSECT, EXCEPT), and has no one table to walk."
)
NO_SOURCE = "It inserts rows that are written out in it, so there is no table to walk."
NOT_A_TABLE = "`{name}` is no table whose rows could be walked by a key."
FROM_FIRST = "The rows that it reads do not all come from one table with others joined to it."


@dataclass(frozen=True)
class RowChange:
    sql: str
    verb: str
    node: Any
    walked: Any
    """RangeVar of the table whose rows are walked."""
    locate: Mapping[str, str] = field(default_factory=dict)
    """A relation as the statement names it → ``schema.name``."""
    tables: Mapping[str, Batching] = field(default_factory=dict)
    """``schema.name`` → what the catalogs say of it."""
    unstable: frozenset[str] = frozenset()
    """Functions of the schema that are not IMMUTABLE."""

    @property
    def query(self) -> Any:
        """The SELECT of an INSERT."""
        return self.node.select_stmt.select_stmt

    @property
    def reading(self) -> Any:
        """What has the WHERE."""
        return self.query if self.verb == "INSERT" else self.node

    @property
    def called(self) -> str:
        """What the statement calls the walked table."""
        return str(self.walked.alias.aliasname or self.walked.relname)

    @property
    def sets(self) -> tuple[str, ...]:
        return tuple(one.res_target.name for one in self.node.target_list) if self.verb == "UPDATE" else ()

    @property
    def walked_table(self) -> str:
        return self.place(self.walked)

    @property
    def changed_table(self) -> str:
        return self.place(self.node.relation)

    @property
    def is_of_one_table(self) -> bool:
        """Whether its WHERE can be asked of the walked table alone."""
        others = {"UPDATE": "from_clause", "DELETE": "using_clause"}.get(self.verb)
        return not getattr(self.node, others) if others else self.query.from_clause[0].HasField("range_var")

    def place(self, relation: Any) -> str:
        name = ".".join(filter(None, (relation.schemaname, relation.relname)))
        return self.locate.get(name, name if relation.schemaname else f"public.{name}")

    def relations(self) -> Iterator[Any]:
        """Each relation that it names, but for those that it changes; names of its own WITH are no relations."""
        own = {one.ctename for one in find(self.node, "CommonTableExpr")}  # type: ignore[attr-defined]
        for relation in find(self.node, "RangeVar"):
            named: Any = relation
            if named is not self.node.relation and not (named.relname in own and not named.schemaname):
                yield named

    def calls(self, part: Any = None) -> Iterator[Any]:
        """Function calls in a part of the statement, or in all of it."""
        return find(self.node if part is None else part, "FuncCall")


def row_change(
    sql: str,
    tables: Mapping[str, Batching],
    *,
    locate: Mapping[str, str] | None = None,
    unstable: frozenset[str] = frozenset(),
) -> RowChange:
    """Raises Refused when it does not change rows of one table."""
    node: Any = parse(sql)
    verb = VERBS.get(type(node).__name__, "")
    if not verb:
        raise Refused(NOT_ROWS)
    walked = _source(node) if verb == "INSERT" else node.relation
    return RowChange(sql, verb, node, walked, locate or {}, tables, unstable)


def _source(node: Any) -> Any:
    """The table that an INSERT … SELECT reads first."""
    query = node.select_stmt.select_stmt
    if query.op > pg_query_pb2.SETOP_NONE:
        raise Refused(SET_OPERATION)
    if not node.HasField("select_stmt") or query.values_lists or not query.from_clause:
        raise Refused(NO_SOURCE)
    first = query.from_clause[0]
    while first.HasField("join_expr"):
        if first.join_expr.jointype not in (pg_query_pb2.JOIN_INNER, pg_query_pb2.JOIN_LEFT):
            raise Refused(FROM_FIRST)
        first = first.join_expr.larg
    if not first.HasField("range_var"):
        raise Refused(FROM_FIRST)
    return first.range_var
