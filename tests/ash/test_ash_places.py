"""Which files are the snapshots of a folder of migrations, and which of them count."""

from __future__ import annotations

from checks.ash.places import Place, has_snapshots, snapshots_of
from checks.frameworks.view import View
from checks.trees.tree import MemoryTree

SNAPSHOTS = "app/priv/resource_snapshots"


def place(*files: str, folder: str = "app/priv/repo/migrations") -> Place | None:
    return snapshots_of(View(MemoryTree(dict.fromkeys(files, "{}"))), folder)


def test_the_newest_of_each_table_counts() -> None:
    found = place(
        f"{SNAPSHOTS}/repo/posts/20250101000000.json",
        f"{SNAPSHOTS}/repo/posts/20260101000000.json",
        f"{SNAPSHOTS}/repo/users/20250101000000.json",
        f"{SNAPSHOTS}/repo/users/20270101000000_dev.json",
        f"{SNAPSHOTS}/repo/posts/20280101000000.json.license",
        f"{SNAPSHOTS}/repo/audit.events/20250101000000.json",
        f"{SNAPSHOTS}/repo/extensions.json",
        f"{SNAPSHOTS}/repo/extensions/initial.json",
        f"{SNAPSHOTS}/repo/tenants/notes/20250101000000.json",
        f"{SNAPSHOTS}/other_repo/users/20250101000000.json",
    )
    assert found is not None
    assert found.newest == {
        "posts": f"{SNAPSHOTS}/repo/posts/20260101000000.json",
        "users": f"{SNAPSHOTS}/repo/users/20270101000000_dev.json",
        "audit.events": f"{SNAPSHOTS}/repo/audit.events/20250101000000.json",
    }
    assert found.dev == (f"{SNAPSHOTS}/repo/users/20270101000000_dev.json",)
    assert found.extensions == f"{SNAPSHOTS}/repo/extensions.json"


def test_the_first_generation_had_one_file_per_table_and_extensions_above() -> None:
    found = place(
        f"{SNAPSHOTS}/repo/posts.json",
        f"{SNAPSHOTS}/repo/users.json",
        f"{SNAPSHOTS}/repo/users/20250101000000.json",
        f"{SNAPSHOTS}/repo/20250101000000.json",
        f"{SNAPSHOTS}/extensions.json",
    )
    assert found is not None
    assert found.newest == {
        "posts": f"{SNAPSHOTS}/repo/posts.json",
        "users": f"{SNAPSHOTS}/repo/users/20250101000000.json",
    }
    assert found.extensions == f"{SNAPSHOTS}/extensions.json"


def test_migrations_of_tenants_have_their_own() -> None:
    files = (
        f"{SNAPSHOTS}/repo/posts/20250101000000.json",
        f"{SNAPSHOTS}/repo/tenants/notes/20250101000000.json",
        f"{SNAPSHOTS}/repo/extensions.json",
    )
    found = place(*files, folder="app/priv/repo/tenant_migrations")
    assert found is not None
    assert found.newest == {"notes": f"{SNAPSHOTS}/repo/tenants/notes/20250101000000.json"}
    assert (found.for_tenants, found.extensions) == (True, None)


def test_a_folder_without_snapshots_has_no_place() -> None:
    assert place("app/priv/repo/migrations/1_a.exs") is None
    assert place(f"{SNAPSHOTS}/repo/posts/20250101000000.json", folder="other/priv/repo/migrations") is None
    assert not has_snapshots(MemoryTree({"app/priv/repo/migrations/1_a.exs": ""}))
