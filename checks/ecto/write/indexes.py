"""CREATE INDEX, DROP INDEX and ALTER INDEX … RENAME → Ecto's commands."""

from __future__ import annotations

from typing import Any

from postgast import pg_query_pb2 as pg

from checks.ecto.index_names import default_index_name
from checks.ecto.objects import Command, Create, Drop, Index, RenameIndex
from checks.elixir.stops import DynamicError, RaisedError
from checks.elixir.values import Atom, Value
from checks.sql.spelling import expression_text, statement_text


def create_index(node: Any) -> Command | None:
    """None for an index without a name, which Ecto always gives it, and for one in a tablespace."""
    if not node.idxname or node.table_space:
        return None
    index = Index(
        table=node.relation.relname,
        prefix=node.relation.schemaname or None,
        name=node.idxname,
        columns=[_column(one.index_elem) for one in node.index_params],
        unique=node.unique,
        concurrently=node.concurrent,
        using=None if node.access_method in ("", "btree") else node.access_method,
        include=[_column(one.index_elem) for one in node.index_including_params],
        only=not node.relation.inh,
        nulls_distinct=False if node.nulls_not_distinct else None,
        where=expression_text(node.where_clause) if node.HasField("where_clause") else None,
        options=_storage(node) if node.options else None,
    )
    return Create(index, node.if_not_exists)


def drop_index(name: list[str], node: Any) -> Command:
    """Of an index of which nothing but the name is known."""
    mode = Atom("cascade" if node.behavior == pg.DROP_CASCADE else "restrict")
    return Drop(_named(name, concurrently=node.concurrent), node.missing_ok, mode)


def rename_index(node: Any) -> Command:
    schema = [node.relation.schemaname] if node.relation.schemaname else []
    return RenameIndex(_named([*schema, node.relation.relname], concurrently=False), node.newname)


def has_default_name(index: Index) -> bool:
    try:
        return bool(index.name == default_index_name(index, 0))
    except (RaisedError, DynamicError):
        return False


def _named(name: list[str], *, concurrently: bool) -> Index:
    prefix = name[-2] if len(name) > 1 else None
    return Index(table="", prefix=prefix, name=name[-1], columns=[], concurrently=concurrently)


def _column(element: Any) -> Value:
    """An atom for a column; anything more is text that Ecto passes on."""
    plain = (
        element.name
        and not element.collation
        and not element.opclass
        and element.ordering in (pg.SORTBY_DEFAULT, pg.SORT_BY_DIR_UNDEFINED)
        and element.nulls_ordering in (pg.SORTBY_NULLS_DEFAULT, pg.SORT_BY_NULLS_UNDEFINED)
    )
    return Atom(element.name) if plain else _printed(element)


def _printed(element: Any) -> str:
    bare = pg.IndexStmt(
        relation=pg.RangeVar(relname="t", inh=True, relpersistence="p"), access_method="btree"
    )
    bare.index_params.append(pg.Node(index_elem=element))
    return (
        statement_text(pg.Node(index_stmt=bare))
        .removeprefix("CREATE INDEX ON t USING btree (")
        .removesuffix(")")
    )


def _storage(node: Any) -> str:
    bare = pg.IndexStmt(
        relation=pg.RangeVar(relname="t", inh=True, relpersistence="p"),
        access_method="btree",
        options=node.options,
    )
    return statement_text(pg.Node(index_stmt=bare)).partition(" WITH (")[2].removesuffix(")")
