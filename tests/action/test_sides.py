"""Which commits an event compares, in a checkout that has one of them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from origin import Origin

from bot.action.job import Job, read_job
from bot.action.sides import Sides, sides_of
from checks.errors import MigrationError, UsageError
from checks.trees import Tree

Compare = Callable[..., Sides]


def migrations(tree: Tree) -> set[str]:
    return {path.partition("/")[2] for path in tree.paths() if path.startswith("db/")}


def job(folder: Path, event: str, sha: str, payload: dict[str, Any], **more: str) -> Job:
    (folder / "event.json").write_text(json.dumps({"repository": {"default_branch": "main"}} | payload))
    environment = {
        "GITHUB_EVENT_NAME": event,
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "GITHUB_SHA": sha,
        "GITHUB_REF": payload.get("ref", ""),
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "RUNNER_TEMP": str(folder),
        "INPUT_TOKEN": "the-token",
        **more,
    }
    read = read_job(environment)
    assert "INPUT_TOKEN" not in environment, "no child has it in its environment"
    return read


@pytest.fixture
def compare(origin: Origin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Compare:
    """The two sides of an event, in a checkout as ``actions/checkout`` makes it: shallow, of one commit."""

    def run(event: str, sha: str, payload: dict[str, Any] | None = None, **more: str) -> Sides:
        work = tmp_path / "work"
        work.mkdir()
        for arguments in (
            ["init", "--quiet"],
            ["remote", "add", "origin", f"file://{origin.bare}"],
            ["fetch", "--quiet", "--depth=1", "origin", sha],
            ["checkout", "--quiet", "--detach", sha],
        ):
            subprocess.run(["git", *arguments], cwd=work, check=True, capture_output=True)
        monkeypatch.chdir(work)
        return sides_of(job(tmp_path, event, sha, payload or {}, **more))

    return run


PULL = {
    "number": 7,
    "user": {"login": "ann"},
    "base": {"ref": "main", "sha": "a" * 40},
    "head": {"ref": "x", "sha": "b" * 40},
}


@pytest.fixture(scope="module")
def commits(origin: Origin) -> dict[str, str]:
    """main: 1, then 2; a branch that left it at 1, with 3; and what GitHub merges that branch to."""
    first = origin.commit("main", {"db/1.sql": "SELECT 1"})
    branch = origin.commit("topic", {"db/3.sql": "SELECT 3"})
    origin.commit("topic", {"db/3.sql": "SELECT 3"}, start="topic")
    origin.back_to_main()
    second = origin.commit("main", {"db/2.sql": "SELECT 2"})
    merged = origin.pull(7, {"db/4.sql": "SELECT 4"})
    return {"first": first, "topic": branch, "second": second, "merged": merged}


def test_a_pull_request_is_what_its_merge_changes_of_its_first_parent(
    compare: Compare, commits: dict[str, str]
) -> None:
    sides = compare("pull_request", commits["merged"], {"pull_request": PULL})
    assert migrations(sides.before) == {"1.sql", "2.sql"}
    assert migrations(sides.after) == {"1.sql", "2.sql", "4.sql"}
    assert sides.after.label == "b" * 12 and sides.pull_request and sides.pull_request.number == 7


def test_a_push_is_compared_with_where_the_branch_was(compare: Compare, commits: dict[str, str]) -> None:
    sides = compare("push", commits["second"], {"before": commits["first"], "ref": "refs/heads/main"})
    assert migrations(sides.before) == {"1.sql"} and migrations(sides.after) == {"1.sql", "2.sql"}
    assert sides.pull_request is None


@pytest.mark.parametrize("before", ["0" * 40, "f" * 40], ids=["new", "forced, and collected"])
def test_a_branch_without_a_past_is_compared_with_where_it_left_the_default_branch(
    compare: Compare, commits: dict[str, str], before: str
) -> None:
    sides = compare("push", commits["topic"], {"before": before, "ref": "refs/heads/topic"})
    assert migrations(sides.before) == {"1.sql"} and migrations(sides.after) == {"1.sql", "3.sql"}


def test_the_first_push_of_all_brings_every_migration(compare: Compare, commits: dict[str, str]) -> None:
    sides = compare("push", commits["first"], {"before": "0" * 40, "ref": "refs/heads/main"})
    assert migrations(sides.before) == set() and migrations(sides.after) == {"1.sql"}


def test_a_merge_group_is_compared_with_what_it_is_built_on(
    compare: Compare, commits: dict[str, str]
) -> None:
    group = {"head_sha": commits["merged"], "base_sha": commits["second"], "base_ref": "refs/heads/main"}
    sides = compare("merge_group", commits["merged"], {"merge_group": group})
    assert migrations(sides.after) - migrations(sides.before) == {"4.sql"}
    assert sides.pull_request and sides.pull_request.number == 0


@pytest.mark.parametrize("event", ["workflow_dispatch", "schedule"])
def test_other_events_compare_with_where_the_commit_left_the_default_branch(
    compare: Compare, commits: dict[str, str], event: str
) -> None:
    sides = compare(event, commits["topic"])
    assert migrations(sides.before) == {"1.sql"} and migrations(sides.after) == {"1.sql", "3.sql"}


def test_the_input_names_another_base(compare: Compare, commits: dict[str, str]) -> None:
    sides = compare("workflow_dispatch", commits["merged"], INPUT_BASE="topic")
    assert migrations(sides.before) == {"1.sql", "3.sql"}


@pytest.mark.parametrize("base", ["--upload-pack=touch pwned", "a:refs/heads/b", "no-such-branch"])
def test_a_base_that_is_none_is_an_error_with_its_name(
    compare: Compare, commits: dict[str, str], base: str
) -> None:
    with pytest.raises(MigrationError) as error:
        compare("workflow_dispatch", commits["merged"], INPUT_BASE=base)
    assert base in str(error.value) and not Path("pwned").exists()


def test_the_event_that_gives_strangers_a_token_is_refused(compare: Compare, commits: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="pull_request_target"):
        compare("pull_request_target", commits["second"], {"pull_request": PULL})


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"INPUT_FAIL_ON": "never"}, "fail-on"),
        ({"INPUT_POSTGRES": "new"}, "postgres"),
        ({"GITHUB_SHA": "main"}, "GITHUB_SHA"),
    ],
)
def test_a_wrong_input_is_named(tmp_path: Path, given: dict[str, str], named: str) -> None:
    with pytest.raises(UsageError, match=named):
        job(tmp_path, "push", "a" * 40, {}, **given)
