"""What no constraint refused because triggers were off: keys that repeat or lead nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from checks.data.facts import Connection, ForeignKey, Schema, Table, quoted


def remove_duplicates(session: Connection, tables: Iterable[Table]) -> dict[int, int]:
    """Rows that repeat a deferrable unique key, which is checked by a trigger. Table → rows deleted."""
    removed: dict[int, int] = {}
    for table in tables:
        for key in table.unique_keys:
            if not key.immediate and not key.exclusion:
                columns = [quoted(name) for name in sorted(key.columns)]
                given = " AND ".join(f"{column} IS NOT NULL" for column in columns)
                count = session.execute(
                    f"DELETE FROM ONLY {table.sql} WHERE ctid IN (SELECT ctid FROM (SELECT ctid, row_number() OVER "
                    f"(PARTITION BY {', '.join(columns)} ORDER BY ctid) AS nth FROM ONLY {table.sql} WHERE {given}) AS t "
                    f"WHERE nth > 1)".encode()
                ).rowcount
                removed[table.oid] = removed.get(table.oid, 0) + count
    return removed


def remove_orphans(
    session: Connection, schema: Schema, doubtful: Iterable[tuple[Table, ForeignKey]], filled: Collection[int]
) -> dict[int, int]:
    """Rows whose parent is missing, from the doubtful keys on to all that hang on them. Table → rows deleted."""
    removed: dict[int, int] = {}
    queue = list(dict.fromkeys((table.oid, key) for table, key in doubtful if key.validated))
    while queue:
        oid, key = queue.pop(0)
        count = session.execute(_delete_orphans(schema, schema.tables[oid], key).encode()).rowcount
        if count:
            removed[oid] = removed.get(oid, 0) + count
            parent = schema.root(schema.tables[oid])
            hanging = [
                (child, child_key)
                for child in filled
                for child_key in schema.foreign_keys(schema.tables[child])
                if child_key.validated and child_key.parent in (oid, parent.oid)
            ]
            queue += [pair for pair in hanging if pair not in queue]
    return removed


def _delete_orphans(schema: Schema, table: Table, key: ForeignKey) -> str:
    pairs = zip(key.columns, key.parent_columns, key.operators, strict=True)
    matches = " AND ".join(
        f"r.{quoted(theirs)} {operator} t.{quoted(ours)}" for ours, theirs, operator in pairs
    )
    given = " AND ".join(f"t.{quoted(name)} IS NOT NULL" for name in key.columns)
    return (
        f"DELETE FROM ONLY {table.sql} AS t WHERE {given} "
        f"AND NOT EXISTS (SELECT FROM {schema.tables[key.parent].rows_sql} AS r WHERE {matches})"
    )
