"""What of an environment a framework's command is not given: it runs a repository's code, and a secret is none of its."""

from __future__ import annotations

import re
from collections.abc import Mapping

_OURS = re.compile(r"(ACTIONS|ANTHROPIC|GITHUB|INPUT|RUNNER)_\w*|GH_TOKEN|MIGRATION_STATS")
"""The runner's files and tokens, what we reach models and GitHub with, and production's statistics."""
_OTHERS = re.compile(
    r"(?!APP_SECRET)(\w+_)?(TOKEN|TOKEN_FILE|API_?KEY|ACCESS_KEY|ACCESS_KEY_ID|PRIVATE_KEY|PASSWORD|PASSWD|SECRET|AUTH)"
    r"|\w*CREDENTIALS?\w*|AWS_PROFILE|SSH_AUTH_SOCK",
    re.IGNORECASE,
)
"""What is called so. Not ``SECRET_KEY``, ``APP_KEY`` and their kin: frameworks do not start without them."""
_WITH_PASSWORD = re.compile(r"\w[\w+.-]*://[^/\s:@]*:[^/\s@]+@")
_REPLACED = re.compile(r"\w*(DATABASE|POSTGRES|FLYWAY|LIQUIBASE_COMMAND|DB|PG)_?(URL|PASSWORD)")
"""Names under which the command finds the sandbox (``checks.wire.command.variables``)."""


def withheld(environment: Mapping[str, str]) -> list[str]:
    """The names of what is left out: ours, those that are called like a secret, and addresses with a password."""
    return sorted(
        name
        for name, value in environment.items()
        if _OURS.fullmatch(name) or _OTHERS.fullmatch(name) or _WITH_PASSWORD.match(value)
    )


def worth_a_word(names: list[str]) -> list[str]:
    """Of those the ones that a command may miss."""
    return [name for name in names if not (_OURS.fullmatch(name) or _REPLACED.fullmatch(name))]
