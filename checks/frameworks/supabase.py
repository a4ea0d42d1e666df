"""Supabase CLI: ``supabase/migrations/<digits>_name.sql``, applied by ``supabase db push`` and ``migration up``.

Only files directly in the folder whose name fits ``^([0-9]+)_(.*)\\.sql$`` run, in the order of their names; the CLI
skips the others, and an ``<14 digits>_init.sql`` from before 9 December 2021 in the first place. It refuses a
version older than the newest applied one unless ``--include-all`` is given. There are no downs and no checksums.

All statements of a file and the entry in the CLI's own table are sent in one pipeline, which PostgreSQL makes one
implicit transaction. ``CREATE INDEX CONCURRENTLY`` works there only as the first statement; here the file is run
as one simple query, in which it works only alone.

The history takes for granted what Supabase's database image has: ``ROLES``, the schemas ``auth``, ``storage``,
``extensions`` and ``realtime``, ``auth.uid()`` and its kin, and default privileges in ``public``. A small copy of
them is made beforehand (``PRELUDE``); grants to roles that do not exist are left out.

Source: ``apps/cli-go/pkg/migration/{list,file,apply,history}.go`` of supabase/cli 2; ``migrations/db/init-scripts``
of supabase/postgres.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from checks.frameworks.files import digest, near_miss, opaque, source, whole_file
from checks.frameworks.framework import Claim, Strength
from checks.frameworks.supabase_prelude import PRELUDE, ROLES
from checks.frameworks.view import View, base_name, join, parent
from checks.model.migrations import History, Migration, Problem, TransactionMode
from checks.settings import Settings

_NAME = re.compile(r"([0-9]+)_(.*)\.sql")
_OLD_INIT = re.compile(r"[0-9]{14}_init\.sql")
_OLD_INIT_BEFORE = "20211209000000"
_TABLE = (
    "CREATE SCHEMA IF NOT EXISTS supabase_migrations",
    "CREATE TABLE supabase_migrations.schema_migrations "
    "(version text NOT NULL PRIMARY KEY, statements text[], name text)",
)


class Supabase:
    name = "supabase"

    def claims(self, view: View) -> Iterable[Claim]:
        for folder in view.folders:
            if folder != "supabase/migrations" and not folder.endswith("/supabase/migrations"):
                continue
            files = tuple(path for path in view.files(folder) if _NAME.fullmatch(base_name(path)))
            configured = view.has(join(parent(folder), "config.toml"))
            if files:
                yield Claim(self.name, folder, Strength.MARKER if configured else Strength.DEPENDENCY, files)

    def read(self, view: View, folder: str, settings: Settings) -> History:
        everything = view.files(folder)
        skipped = {
            path
            for path in everything[:1]
            if _OLD_INIT.search(base_name(path)) and base_name(path) < _OLD_INIT_BEFORE
        }
        files = [path for path in everything if _NAME.fullmatch(base_name(path)) and path not in skipped]
        read = [_migration(view, path) for path in files]
        return History(
            tool=self.name,
            folder=folder,
            migrations=tuple(migration for migration, _ in read),
            problems=(
                *(problem for _, problem in read if problem),
                *_skipped(view, folder, skipped),
            ),
            has_downs=False,
            strict_order=True,
            bookkeeping=(*PRELUDE, *_TABLE),
            roles=ROLES,
            search_path='"$user", public, extensions',
        )


def _migration(view: View, path: str) -> tuple[Migration, Problem | None]:
    name = _NAME.fullmatch(base_name(path))
    version, label = (name[1], name[2]) if name else (base_name(path), "")
    read = source(view, path)
    if read.problem:
        return opaque(view, version, label, [path], read.problem.message, read.problem.line), read.problem
    migration = Migration(
        version=version,
        name=label,
        path=path,
        files=(path,),
        digest=digest(view, [path]),
        up=whole_file(path, read.text, TransactionMode.SINGLE_QUERY),
        down=None,
    )
    return migration, None


def _skipped(view: View, folder: str, old_init: Iterable[str]) -> Iterator[Problem]:
    for path in old_init:
        message = (
            "The Supabase CLI skips this file: a first migration called init from before 9 December 2021 counts as "
            "made by an old version of the CLI. Give it another name to run it."
        )
        yield near_miss(path, 1, message)
    for path in view.files(folder):
        if path.lower().endswith(".sql") and not _NAME.fullmatch(base_name(path)):
            message = (
                "The Supabase CLI skips this file: only names like 20260131120000_name.sql run. "
                "Rename it with `supabase migration new`, or move it away."
            )
            yield near_miss(path, 1, message)
    for name in view.subfolders(folder):
        for path in view.files(join(folder, name)):
            if path.endswith(".sql"):
                message = (
                    f"The Supabase CLI does not look into folders below {folder}, so this file never runs. "
                    "Move it up and give it a name like 20260131120000_name.sql."
                )
                yield near_miss(path, 1, message)


FRAMEWORK = Supabase()
