"""Translate the body of a migration, and say in short what came out."""

from __future__ import annotations

from checks.ecto.options import with_given_options
from checks.ecto.project import Project
from checks.ecto.settings import RepoSettings
from checks.ecto.translate import Direction, Translation, translate


def module(body: str) -> str:
    """A module with this ``change``, or with these functions; its body begins on line 3."""
    functions = body if "def " in body else f"def change do\n{body}\nend"
    return f"defmodule MyApp.Repo.Migrations.One do\nuse Ecto.Migration\n{functions}\nend\n"


def translated(
    body: str, *, config: str = "", prefix: str | None = None, project: Project | None = None
) -> Translation:
    return translate(module(body), with_given_options(RepoSettings(), config), prefix, project)


def sql(direction: Direction) -> list[str]:
    """Its statements; it must be whole."""
    assert (direction.dynamic, direction.refusal) == ((), None)
    return [sent.sql for sent in direction.sent]


def up(body: str, **given: str) -> list[str]:
    return sql(translated(body, **given).up)  # type: ignore[arg-type]


def down(body: str, **given: str) -> list[str]:
    return sql(translated(body, **given).down)  # type: ignore[arg-type]


def refused(body: str, direction: str = "up") -> str:
    refusal = getattr(translated(body), direction).refusal
    assert refusal is not None
    return str(refusal.message)


def dynamic(body: str) -> list[tuple[int, str]]:
    return [(part.line, part.reason) for part in translated(body).up.dynamic]
