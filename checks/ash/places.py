"""Where the snapshots of a folder of migrations lie, and which of them is the newest of its table.

``priv/<repo>/migrations`` goes with ``priv/resource_snapshots/<repo>``, and ``priv/<repo>/tenant_migrations`` with
``tenants`` below that (``get_existing_snapshot`` of ash_postgres' migration generator).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from checks.frameworks.view import View, base_name, is_inside, join, parent
from checks.trees import Tree

SNAPSHOTS = "resource_snapshots"
TENANTS = "tenants"
EXTENSIONS = "extensions.json"
_DEV = re.compile(r"[0-9]{14}_dev\.json")
_ANY = re.compile(r"[0-9]{14}(_dev)?\.json")
"""As long as there are drafts, they say what the migrations beside them do."""


@dataclass(frozen=True)
class Place:
    """The snapshots that belong to one folder of migrations."""

    folder: str
    """``priv/resource_snapshots/repo``, or its ``tenants``."""
    for_tenants: bool
    newest: Mapping[str, str]
    """Folder of a table (``posts``, ``audit.events``) → its newest file."""
    dev: tuple[str, ...]
    """Files that ``mix ash.codegen --dev`` wrote."""
    extensions: str | None
    """``extensions.json``, if there is one: the tenants have none of their own."""

    @property
    def files(self) -> tuple[str, ...]:
        return (*self.newest.values(), *self.dev, *([self.extensions] if self.extensions else []))


def has_snapshots(tree: Tree) -> bool:
    """Cheap: nothing is read."""
    return any(f"{SNAPSHOTS}/" in path for path in tree.paths())


def snapshots_of(view: View, migrations: str) -> Place | None:
    """The snapshots of the folder of migrations; None when there are none."""
    folder = _folder(view, migrations)
    if folder is None:
        return None
    for_tenants = base_name(migrations).startswith("tenant")
    place = join(folder, TENANTS) if for_tenants else folder
    tables = dict(_newest(view, place))
    dev = tuple(sorted(_dev(view, place)))
    extensions = None if for_tenants else _extensions(view, folder)
    if not tables and not dev and extensions is None:
        return None
    return Place(place, for_tenants, tables, dev, extensions)


def moved_from(before: View, after: View, migrations: str) -> str:
    """Where the base has a folder of migrations that has moved: of the same name, beside snapshots, and not at head."""
    if before.files(migrations):
        return migrations
    below = f"/{base_name(parent(migrations))}/{base_name(migrations)}"
    gone = (folder for folder in before.folders if f"/{folder}".endswith(below) and not after.files(folder))
    return next((folder for folder in gone if _folder(before, folder)), migrations)


def _folder(view: View, migrations: str) -> str | None:
    """``…priv/repo/migrations`` → ``…priv/resource_snapshots/repo``."""
    repo = parent(migrations)
    folder = join(join(parent(repo), SNAPSHOTS), base_name(repo))
    return folder if repo and any(is_inside(place, folder) for place in view.folders) else None


def _newest(view: View, place: str) -> Iterator[tuple[str, str]]:
    """In folders of their own; the first generation had one file per table, which is used as long as there is no other."""
    for path in view.files(place):
        name = base_name(path)
        is_of_table = name != EXTENSIONS and not _ANY.fullmatch(name)
        if name.endswith(".json") and is_of_table:
            yield name.removesuffix(".json"), path
    for table in view.subfolders(place):
        dated = [path for path in view.files(join(place, table)) if _ANY.fullmatch(base_name(path))]
        if dated and table != TENANTS:
            yield table, max(dated, key=base_name)


def _dev(view: View, place: str) -> Iterator[str]:
    for table in view.subfolders(place):
        yield from (path for path in view.files(join(place, table)) if _DEV.fullmatch(base_name(path)))


def _extensions(view: View, folder: str) -> str | None:
    """Below the repo's name; the first generation had it above."""
    paths = (join(folder, EXTENSIONS), join(parent(folder), EXTENSIONS))
    return next((path for path in paths if view.has(path)), None)
