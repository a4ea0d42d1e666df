"""What people have said about one pull request: the port ``bot.commands.ports.Records``."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.commands.ports import Reviewed
from bot.model import Approval, AuditEntry, Waiver
from bot.store.database import Store
from bot.store.tables import approvals, heads, pauses, reports, summaries, trail, waivers
from bot.summary.model import Summary
from checks.model.report import Report


class Records:
    def __init__(self, store: Store, repository: str, number: int, url_of: Callable[[str], str] = str):
        """``url_of`` gives the address of a report's page from its id."""
        self._store = store
        self._key = {"repository": repository, "number": number}
        self._url_of = url_of

    def reviewed(self) -> Reviewed | None:
        query = (
            sa.select(reports, summaries.c.document.label("summary"))
            .outerjoin(summaries, summaries.c.id == reports.c.id)
            .where(self._is_of(reports), reports.c.published_at.is_not(None))
        )
        with self._store.engine.connect() as connection:
            row = connection.execute(query.order_by(reports.c.published_at.desc()).limit(1)).one_or_none()
        if row is None:
            return None
        return Reviewed(
            report=Report.model_validate_json(row.document),
            head_sha=row.head_sha,
            # GitHub gives the time of a comment in whole seconds: one that came just after must not look earlier.
            published_at=row.published_at.replace(microsecond=0),
            summary=Summary.model_validate_json(row.summary) if row.summary else None,
            url=self._url_of(row.id),
        )

    def head_at(self, when: datetime) -> str | None:
        query = sa.select(heads.c.head_sha).where(self._is_of(heads), heads.c.seen_at <= when)
        with self._store.engine.connect() as connection:
            return connection.execute(query.order_by(heads.c.seen_at.desc()).limit(1)).scalar_one_or_none()

    def approvals(self) -> Sequence[Approval]:
        return [Approval.model_validate(row) for row in self._rows(approvals, approvals.c.at)]

    def approve(self, given: Sequence[Approval]) -> None:
        with self._store.engine.begin() as connection:
            for approval in given:
                self._store.add(connection, approvals, {**self._key, **approval.model_dump()})

    def revoke(self, items: Sequence[str]) -> None:
        with self._store.engine.begin() as connection:
            connection.execute(
                sa.delete(approvals).where(self._is_of(approvals), approvals.c.item.in_(items))
            )

    def waivers(self) -> Sequence[Waiver]:
        return [Waiver.model_validate(row) for row in self._rows(waivers, waivers.c.at)]

    def waive(self, waiver: Waiver) -> None:
        with self._store.engine.begin() as connection:
            self._store.add(connection, waivers, {**self._key, **waiver.model_dump()})

    def paused(self) -> bool:
        with self._store.engine.connect() as connection:
            query = sa.select(sa.func.count()).where(self._is_of(pauses))
            return connection.execute(query).scalar_one() > 0

    def pause(self, paused: bool) -> None:
        with self._store.engine.begin() as connection:
            if paused:
                self._store.add(connection, pauses, self._key)
            else:
                connection.execute(sa.delete(pauses).where(self._is_of(pauses)))

    def trail(self) -> Sequence[AuditEntry]:
        rows = self._rows(trail, trail.c.at)
        return [AuditEntry.model_validate({**row, "what": json.loads(str(row["what"]))}) for row in rows]

    def record(self, entry: AuditEntry) -> None:
        row = {**self._key, **entry.model_dump(), "what": json.dumps(entry.what)}
        with self._store.engine.begin() as connection:
            self._store.add(connection, trail, row)

    def _is_of(self, table: sa.Table) -> sa.ColumnElement[bool]:
        return sa.and_(*(table.c[name] == value for name, value in self._key.items()))

    def _rows(self, table: sa.Table, order: sa.Column[datetime]) -> list[dict[str, object]]:
        columns = [column for column in table.c if column.name not in self._key]
        query = sa.select(*columns).where(self._is_of(table)).order_by(order)
        with self._store.engine.connect() as connection:
            return [dict(row._mapping) for row in connection.execute(query)]
