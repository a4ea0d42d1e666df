"""What is known of a framework's command line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tool:
    name: str
    migrate: str
    """Applies everything that is pending."""
    rollback: str = ""
    """Takes migrations back: ``{to}`` is the last one that stays, ``{steps}`` how many go, ``{app}`` what they belong to;
    with neither ``{to}`` nor ``{steps}`` it takes back one, ``{version}``, and is run for each, the newest first.
    Empty: the tool cannot."""
    nothing: str = "0"
    """What stands for ``{to}`` when none stays."""
    asks: str = ""
    """Succeeds, and does nothing else, where the tool is installed."""
    install: str = ""
    """How to get it, where ``asks`` fails; ``{folder}`` is where the project is."""
    shown_by: str = ""
    """A file that shows that a repository uses it; empty where its migrations can be read without running it."""
