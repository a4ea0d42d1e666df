"""What one job hands to another as an artifact. A stranger may have written it: it is data, and bounded."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from bot.model import Model, Usage
from checks.errors import FileError
from checks.model.report import Report

MOST_BYTES = 20_000_000
MOST_FINDINGS = 5_000
MOST_STATEMENTS = 20_000
HINT = "Nothing was published. Look at the run that made it."


class Handed(Model):
    report: Report | None = None
    """None when no migration changed."""
    usages: tuple[Usage, ...] = ()
    stopped: str = ""
    """Why the search for usages is not whole, as a sentence; empty when it is."""
    summary: Literal["auto", "template", "off"] = "auto"
    """What the configuration says of it. Prose is not handed on: a model's would be taken for ours."""


def read_handed(path: Path) -> Handed | None:
    """None when there is no such file. Raises FileError when it is not what ``Handed`` writes, or too much of it."""
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileError(f"cannot be read: {error.strerror}", hint=HINT, path=path.name) from error
    with os.fdopen(number, "rb") as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise FileError("is no file", hint=HINT, path=path.name)
        body = file.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise FileError(f"is larger than {MOST_BYTES:,} bytes", hint=HINT, path=path.name)
    return _checked(body, path.name)


def _checked(body: bytes, name: str) -> Handed:
    try:
        handed = Handed.model_validate_json(body)
    except ValidationError as error:
        place = ".".join(str(part)[:40] for part in error.errors(include_input=False)[0]["loc"])
        raise FileError(f"is no report: {place or 'no JSON'}", hint=HINT, path=name) from error
    report = handed.report
    if report is not None:
        statements = sum(len(one.up.statements) for one in report.migrations)
        if max(len(report.findings), len(report.unproven)) > MOST_FINDINGS or statements > MOST_STATEMENTS:
            raise FileError("holds more than any review does", hint=HINT, path=name)
    return handed
