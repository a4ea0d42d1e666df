"""Settings of a repo, given as the keyword list that its configuration would have."""

from __future__ import annotations

from checks.ecto.project import Nothing, Project
from checks.ecto.settings import RepoSettings
from checks.elixir.evaluate import Evaluator
from checks.elixir.parse import SyntaxProblem, parse
from checks.elixir.scope import Module, Scope
from checks.elixir.stops import DynamicError, RaisedError, TooMuchError
from checks.elixir.syntax import ListOf
from checks.elixir.values import Value, atom_name, is_keyword
from checks.errors import SettingsError


def with_given_options(settings: RepoSettings, text: str) -> RepoSettings:
    """In place of all that was read, but for what is no option of a repo.

    ``text``: ``migration_timestamps: [type: :utc_datetime_usec]``, with or without brackets around it.

    Raises SettingsError when that is no keyword list of constants.
    """
    given = {atom_name(key): value for key, value in _keywords(text)}
    return RepoSettings(map_type=settings.map_type, module=settings.module).but(given)


def _keywords(text: str) -> list[tuple[Value, Value]]:
    bracketed = text if text.strip().startswith("[") else f"[{text}]"
    try:
        statements = parse(bracketed).statements
        value = (
            _evaluated(statements[0]) if len(statements) == 1 and isinstance(statements[0], ListOf) else None
        )
    except (SyntaxProblem, DynamicError, RaisedError, TooMuchError) as error:
        raise _wrong(text) from error
    if value is None or not is_keyword(value):
        raise _wrong(text)
    return list(value)


def _evaluated(node: ListOf) -> Value:
    scope = Scope(Module("", 1), {}, {}, {})
    return Evaluator(Nothing(Project())).known(node, scope)


def _wrong(text: str) -> SettingsError:
    return SettingsError(
        f"{text!r} is no keyword list of constants",
        hint="Write it as in config.exs: migration_timestamps: [type: :utc_datetime_usec].",
    )
