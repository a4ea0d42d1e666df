"""One JSON file → a Snapshot, or the problem that keeps it from being one. Never raises for what a file says."""

from __future__ import annotations

import re
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import from_json

from checks.ash.snapshot import Extensions, Part, Snapshot, extensions_of
from checks.errors import FileError
from checks.frameworks.view import View
from checks.model.migrations import Problem

UNREADABLE = "ash-unreadable-snapshot"
M = TypeVar("M", bound=Part)
_AT = re.compile(r" at line (\d+) column (\d+)$")


def read_snapshot(view: View, path: str) -> Snapshot | Problem:
    return _read(view, path, Snapshot)


def read_extensions(view: View, path: str) -> Extensions | Problem:
    return _read(view, path, Extensions)


def _read(view: View, path: str, model: type[M]) -> M | Problem:
    try:
        text = view.text(path)
        if "\\u0000" in text:
            return _problem(path, line_of(text, "\\u0000"), "holds a NUL, which PostgreSQL does not accept")
        value = from_json(text)
        return model.model_validate(extensions_of(value) if model is Extensions else value)
    except FileError as error:
        return _problem(path, error.line or 1, error.message)
    except ValidationError as error:
        return _misshapen(path, text, error)
    except ValueError as error:
        place = _AT.search(str(error))
        line = int(place[1]) if place else 1
        return _problem(path, line, f"is no JSON: {_AT.sub('', str(error))}")


def _misshapen(path: str, text: str, error: ValidationError) -> Problem:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    steps = [step for step in first["loc"] if not _is_of_union(step)]
    place = ".".join(map(str, steps)) or "the whole"
    said = re.sub("a valid dictionary or instance of .*", "an object", first["msg"])
    return _problem(path, _line_of(text, steps), f"is no resource snapshot: {place}: {said}")


def _is_of_union(step: int | str) -> bool:
    """pydantic names the member of a union that it tried."""
    return isinstance(step, str) and bool(re.match(r"(str|bool|tuple|literal|function-|ArrayOf)\b", step))


def _line_of(text: str, steps: list[int | str]) -> int:
    """Where the first key of the path stands."""
    name = next((step for step in steps if isinstance(step, str)), None)
    return line_of(text, f'"{name}"') if name else 1


def line_of(text: str, needle: str, after: int = 0) -> int:
    """The line on which ``needle`` first stands; 1 when it does not."""
    position = text.find(needle, after)
    return text.count("\n", 0, position) + 1 if position >= 0 else 1


def _problem(path: str, line: int, message: str) -> Problem:
    said = f"{message}. Take the file from the history again, or write it anew with `mix ash.codegen`."
    return Problem(rule=UNREADABLE, path=path, line=line, message=said)
