"""Statistics from a file of the base revision or from a secret, or a clear word about what is wrong with them."""

from __future__ import annotations

from pydantic import ValidationError

from checks.errors import FileError, SettingsError
from checks.production.statistics import FORMAT, Statistics
from checks.settings import Settings
from checks.trees.tree import Tree, read_text

AGAIN = 'Take them again: migration stats export | psql -XAtq "$DATABASE_URL" > FILE (docs/statistics.md).'


def read_statistics(tree: Tree, settings: Settings) -> Statistics | None:
    """Those that the settings name; None when they name none. Raises SettingsError."""
    if settings.stats is None:
        return None
    try:
        text = read_text(tree, settings.stats)
    except FileError as error:
        raise SettingsError(f"stats: {error.message}", hint=AGAIN, path=settings.stats) from error
    return parse_statistics(text, settings.stats)


def parse_statistics(text: str, source: str) -> Statistics:
    """The export as a model. Raises SettingsError, which names ``source`` and what to do."""
    try:
        read = Statistics.model_validate_json(text)
    except ValidationError as error:
        raise SettingsError(_fault(error, text), hint=AGAIN, path=source) from error
    return read.model_copy(update={"source": source})


def _fault(error: ValidationError, text: str) -> str:
    """What is wrong, without any of the text: a secret stays one."""
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return f"is no JSON document ({len(text):,} characters): {first['ctx']['error']}"
    place = ".".join(str(part) for part in first["loc"])
    return f"is no {FORMAT} document: {place}: {first['msg']}"
