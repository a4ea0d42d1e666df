"""What a command prints: passed on to standard error while it is printed, within a limit, without the password; or kept."""

from __future__ import annotations

import os

MOST_SHOWN = 4_000_000
"""Bytes. The rest is read, so that the command goes on, and not shown."""
MORE = "\nnote: {command} printed more than {most:,} bytes; the rest is not shown\n"
STANDARD_ERROR = 2
MASK = b"***"
_PIECE = 1 << 16


def pass_on(source: int, command: str, password: bytes) -> None:
    """Until nobody holds the other end any more."""
    masked, shown = Masked(password), 0
    while piece := os.read(source, _PIECE):
        text = masked.feed(piece)
        if shown <= MOST_SHOWN:
            _show(text)
            if (shown := shown + len(text)) > MOST_SHOWN:
                _show(MORE.format(command=command, most=MOST_SHOWN).encode())
    if shown <= MOST_SHOWN:
        _show(masked.rest())


def take_in(source: int, printed: bytearray) -> None:
    """The same, kept for whoever asked; more than the limit is read and left out."""
    while piece := os.read(source, _PIECE):
        printed += piece[: MOST_SHOWN - len(printed)]


class Masked:
    """A stream without a word, whatever pieces it comes in."""

    def __init__(self, word: bytes) -> None:
        self._word = word
        self._kept = b""
        """The end of what came, as far as the word may begin in it."""

    def feed(self, piece: bytes) -> bytes:
        if not self._word:
            return piece
        text = (self._kept + piece).replace(self._word, MASK)
        begun = next((n for n in range(len(self._word) - 1, 0, -1) if text.endswith(self._word[:n])), 0)
        self._kept = text[len(text) - begun :]
        return text[: len(text) - begun]

    def rest(self) -> bytes:
        return self._kept


def _show(text: bytes) -> None:
    while text:
        try:
            text = text[os.write(STANDARD_ERROR, text) :]
        except BrokenPipeError:  # nobody reads it
            return
