"""Check runs: found by the id that we gave them, made when they are not there, never two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.github.client import PAGE
from bot.github.repository import Repository

NAME = "Migration Specialist"
"""The same for ever: branch protection names it."""
MOST_ANNOTATIONS = 50
"""Of one request (REST API, check runs); those of further requests are added."""


def find_or_create(
    repository: Repository, head_sha: str, external_id: str, data: dict[str, Any], name: str = NAME
) -> int:
    """The id of the check run of one review; a second call finds what the first made."""
    found = find(repository, head_sha, external_id, name)
    if found is not None:
        return found
    body = {**data, "name": name, "head_sha": head_sha, "external_id": external_id}
    answer = repository.client.write(
        lambda rest: rest.checks.create(repository.owner, repository.name, data=body)
    )
    return int(answer["id"])


def find(repository: Repository, head_sha: str, external_id: str, name: str = NAME) -> int | None:
    for run in of_commit(repository, head_sha, name):
        if run.get("external_id") == external_id:
            return int(run["id"])
    return None


def of_commit(repository: Repository, head_sha: str, name: str = NAME) -> Iterator[dict[str, Any]]:
    """All check runs of this name, whichever App made them."""
    for page in range(1, 11):
        runs = _page(repository, head_sha, name, page)
        yield from runs
        if len(runs) < PAGE:
            return


def _page(repository: Repository, head_sha: str, name: str, page: int) -> list[dict[str, Any]]:
    answer = repository.client.read(
        lambda rest: rest.checks.list_for_ref(
            repository.owner,
            repository.name,
            head_sha,
            check_name=name,
            filter_="all",
            per_page=PAGE,
            page=page,
        )
    )
    return list(answer["check_runs"])


def update(repository: Repository, id: int, data: dict[str, Any]) -> None:
    repository.client.write(lambda rest: rest.checks.update(repository.owner, repository.name, id, data=data))


def annotate(
    repository: Repository, id: int, output: dict[str, Any], annotations: Sequence[dict[str, Any]]
) -> None:
    """Add those that are not there yet: GitHub appends, so a crash between two requests must not double them."""
    while (there := _annotated(repository, id)) < len(annotations):
        some = list(annotations[there : there + MOST_ANNOTATIONS])
        update(repository, id, {"output": {**output, "annotations": some}})
        if _annotated(repository, id) == there:
            return  # GitHub keeps no more of them


def _annotated(repository: Repository, id: int) -> int:
    answer = repository.client.read(lambda rest: rest.checks.get(repository.owner, repository.name, id))
    return int((answer.get("output") or {}).get("annotations_count") or 0)
