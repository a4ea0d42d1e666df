"""The templates, with one escape for all that they print."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def environment(escape: Callable[[str], str]) -> Environment:
    """An environment that passes every value through ``escape``, unless it is ``Markup`` already.

    Jinja's own autoescape is for HTML; it stays on as the second line and leaves Markup alone.
    """

    def finalize(value: Any) -> Markup:
        return value if isinstance(value, Markup) else Markup(escape(str(value)))

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        finalize=finalize,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
