"""Trees of a real git repository."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from checks.errors import FileError, NotARepository, UnknownRevision
from checks.trees.git import Repository, open_repository
from checks.trees.tree import MAX_FILE_BYTES, MemoryTree, read_text


def git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=root, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    git(tmp_path, "init", "-q")
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "1_one.sql").write_text("select 1;\n")
    (tmp_path / "db" / "näme.sql").write_text("select 'ä';\n")
    (tmp_path / "link.sql").symlink_to("/etc/passwd")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    return open_repository(tmp_path / "db")


def test_a_revision_has_regular_files_only(repository: Repository) -> None:
    tree = repository.revision("HEAD")
    assert tree.paths() == ["db/1_one.sql", "db/näme.sql"]
    assert tree.read("db/näme.sql") == "select 'ä';\n".encode()
    assert tree.read("db/1_one.sql") == b"select 1;\n"


def test_the_work_tree_has_new_files_and_no_ignored_ones(repository: Repository) -> None:
    (repository.root / "db" / "2_two.sql").write_text("select 2;")
    (repository.root / "db" / "skipped.tmp").write_text("x")
    (repository.root / ".gitignore").write_text("*.tmp\n")
    tree = repository.work_tree()
    assert tree.paths() == [".gitignore", "db/1_one.sql", "db/2_two.sql", "db/näme.sql"]
    assert tree.read("db/2_two.sql") == b"select 2;"


def test_a_revision_keeps_what_was_committed_whatever_lies_on_the_disk(repository: Repository) -> None:
    committed = repository.revision("main")
    path = committed.paths()[0]
    as_it_was = git_show(repository, path)
    lying = repository.root / path
    assert committed.read(path) == as_it_was
    lying.write_bytes(as_it_was + b"-- edited")
    assert repository.revision("main").read(path) == as_it_was
    lying.unlink()
    assert repository.revision("main").read(path) == as_it_was
    os.mkfifo(lying)
    assert repository.revision("main").read(path) == as_it_was


def test_a_repository_with_sha256_objects(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main", "--object-format=sha256")
    (tmp_path / "1_a.sql").write_text("SELECT 1;")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    (tmp_path / "2_b.sql").write_text("SELECT 2;")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "two")
    (tmp_path / "2_b.sql").write_text("SELECT 3;")
    tree = open_repository(tmp_path).revision("main")
    assert [tree.read(path) for path in tree.paths()] == [b"SELECT 1;", b"SELECT 2;"]


def git_show(repository: Repository, path: str) -> bytes:
    return subprocess.run(
        ["git", "show", f"main:{path}"], cwd=repository.root, capture_output=True, check=True
    ).stdout


def test_a_deleted_file_is_not_in_the_work_tree(repository: Repository) -> None:
    (repository.root / "db" / "1_one.sql").unlink()
    assert "db/1_one.sql" not in repository.work_tree().paths()
    assert "db/1_one.sql" in repository.revision("HEAD").paths()


def test_the_merge_base_with_the_default_branch(repository: Repository) -> None:
    start = repository.commit("HEAD")
    git(repository.root, "checkout", "-qb", "feature")
    git(repository.root, "commit", "-qm", "two", "--allow-empty")
    assert repository.default_branch() == "main"
    assert repository.merge_base("main", "HEAD") == start


def test_an_unknown_revision_is_named(repository: Repository) -> None:
    with pytest.raises(UnknownRevision, match="no commit named 'nowhere'"):
        repository.revision("nowhere")


def test_a_revision_that_looks_like_an_option_is_only_a_name(repository: Repository) -> None:
    with pytest.raises(UnknownRevision):
        repository.commit("--all")


def test_a_folder_outside_of_git(tmp_path: Path) -> None:
    with pytest.raises(NotARepository, match="not inside a git work tree"):
        open_repository(tmp_path)


def test_a_fifty_megabyte_file_is_refused_before_it_is_read(repository: Repository) -> None:
    with (repository.root / "db" / "3_large.sql").open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(FileError, match="50,000,000 bytes"):
        repository.work_tree().read("db/3_large.sql")
    git(repository.root, "add", "-A")
    git(repository.root, "commit", "-qm", "large")
    with pytest.raises(FileError, match=f"limit for one migration file is {MAX_FILE_BYTES:,}"):
        repository.revision("HEAD").read("db/3_large.sql")


@pytest.mark.parametrize(
    ("body", "message", "line"),
    [(b"select 1;\n\xff", "is not UTF-8 .byte 0xff.", 2), (b"a\nb\n\0", "holds a NUL byte", 3)],
)
def test_text_that_postgresql_would_not_take(body: bytes, message: str, line: int) -> None:
    with pytest.raises(FileError, match=message) as caught:
        read_text(MemoryTree({"a.sql": body}), "a.sql")
    assert caught.value.line == line
