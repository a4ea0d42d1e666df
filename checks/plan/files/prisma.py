"""Prisma: a folder with ``migration.sql``, sent as one query, so that one statement alone in it runs outside of a transaction."""

from __future__ import annotations

from checks.plan.files.pairs import Folders


class Prisma(Folders):
    up = "migration.sql"
    compound = ""


write = Prisma().write
