"""Is there a sequence that gives numbers its column cannot hold, or that starts again?

When a column's type and its sequence differ, INSERTs fail before the sequence ends; a sequence with CYCLE gives numbers
a second time.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.audit.model import AuditFinding
from checks.audit.subject import Subject, about_schema, sql_name
from checks.model.findings import Severity
from checks.rules.schema import column_of
from checks.rules.wording import short

_LAST = {"smallint": 2**15 - 1, "integer": 2**31 - 1}


def ask(subject: Subject) -> Iterator[AuditFinding]:
    catalog = subject.catalog
    for kind, name in sorted(catalog.objects):
        owner = catalog.fact((kind, name), "owner_table") if kind == "sequence" else None
        if owner is None or ".".join(owner) not in subject.own_tables:
            continue
        table, column_name = ".".join(owner), catalog.fact((kind, name), "owner_column")
        column = column_of(catalog, table, column_name)
        maximum, cycles = catalog.objects[(kind, name)]["maximum"], catalog.objects[(kind, name)]["cycle"]
        last = _LAST.get(column.type) if column else None
        # An integer column with serial's own bigint sequence is what every version before 10 made: the key runs out
        # first, which key-runs-out says. Only what is set on purpose is said here.
        if last is not None and isinstance(maximum, int) and maximum > last and maximum != 2**63 - 1:
            yield about_schema(
                __name__,
                Severity.WARNING,
                name,
                f"`{short(name)}` goes up to {maximum:,}, but `{column_name}` of `{short(table)}` holds at most {last:,}.",
            )
        if cycles:
            yield about_schema(
                __name__,
                Severity.WARNING,
                name,
                f"`{short(name)}` starts again at its end, so `{column_name}` of `{short(table)}` gets numbers twice.",
                f"ALTER SEQUENCE {sql_name(name)} NO CYCLE",
            )
