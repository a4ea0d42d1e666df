"""The words that are known: each module of ``bot.commands.words`` has one COMMAND."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib import import_module

from bot.commands import words
from bot.commands.command import Command


@cache
def all_commands() -> Mapping[str, Command]:
    """Every command by its word, in the order of ORDER."""
    modules = (
        import_module(f"{words.__name__}.{found.name}") for found in pkgutil.iter_modules(words.__path__)
    )
    commands: list[Command] = [module.COMMAND for module in modules]
    return {command.word: command for command in sorted(commands, key=lambda one: _place(one.word))}


ORDER = (
    *("validate", "plan", "rollback", "explain", "fix", "approve", "revoke", "ignore", "audit"),
    *("status", "pause", "resume", "config", "help"),
)
"""As people need them; what is not in it comes last."""


def nearest(word: str) -> str | None:
    """The command that was probably meant."""
    return next(iter(get_close_matches(word, all_commands(), n=1)), None)


def _place(word: str) -> tuple[int, str]:
    return (ORDER.index(word) if word in ORDER else len(ORDER)), word
