"""The way back: up, down and up again of one migration alone, and a draft where there is no down."""

from checks.rollback.draft import draft
from checks.rollback.prove import prove
from checks.rollback.words import DraftError

__all__ = ["DraftError", "draft", "prove"]
