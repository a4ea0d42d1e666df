"""One step of a workflow that talks to GitHub: tried, waited for, tried again, given up. Sleeps survive a restart."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from dbos import DBOS

from bot.github.errors import GitHubError, NotFound, RateLimited, Unavailable
from checks.errors import MigrationError

log = logging.getLogger(__name__)

TRIES = 3
LONGEST_WAIT = 6 * 3600
"""Seconds that a step waits for rate limits, all together."""


class GaveUp(Exception):
    """Its text says why, for people."""


class Overtaken(Exception):
    """A newer review has taken the place of this one: it writes no more."""


@dataclass(frozen=True)
class Result:
    """What a try gave. It is kept in the database, so that a step that was done is never done again."""

    kind: Literal["done", "wait", "again", "never", "overtaken"]
    value: Any = None
    seconds: float = 0
    reason: str = ""


def attempt(name: str, do: Callable[[], Any], retry_seconds: float) -> Any:
    """The value of ``do``, from this run or an earlier one.

    Raises Overtaken; GaveUp when GitHub refuses, or after three failures, or hours of rate limit.
    """
    failures, waited = 0, 0.0
    while True:
        result = DBOS.run_step({"name": name}, tried, do)
        match result.kind:
            case "done":
                return result.value
            case "overtaken":
                raise Overtaken
            case "never":
                raise GaveUp(result.reason)
            case "wait":
                waited += result.seconds
                if waited > LONGEST_WAIT:
                    raise GaveUp(result.reason)
                DBOS.sleep(result.seconds)
            case "again":
                failures += 1
                if failures == TRIES:
                    raise GaveUp(result.reason)
                DBOS.sleep(retry_seconds * 6 ** (failures - 1))


def tried(do: Callable[[], Any]) -> Result:
    try:
        return Result("done", do())
    except Overtaken:
        return Result("overtaken")
    except RateLimited as error:
        return Result("wait", seconds=error.seconds, reason=str(error))
    except (NotFound, Unavailable) as error:
        # 404 too: GitHub's parts learn of a new commit one after the other.
        return Result("again", reason=said(error))
    except (GitHubError, MigrationError) as error:
        return Result("never", reason=said(error))
    except GaveUp as error:
        return Result("never", reason=str(error))
    except Exception as error:
        # A fault of this program must not leave a check run open for ever: it counts as a failure like others.
        log.exception("a step failed")
        return Result(
            "again", reason=f"Internal error: {type(error).__name__}. The service's log says where."
        )


def said(error: MigrationError) -> str:
    return f"{error}. {error.hint}".strip()
