"""How a proof ends when there is none."""

from __future__ import annotations


class NotProven(Exception):
    """The batches do not do what the statement does, or nothing can be seen of it; the message is half a sentence."""
