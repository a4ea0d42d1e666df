"""The framing of PostgreSQL's messages (docs, 54.7): a type byte, a length that counts itself, a body."""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass

LARGEST = 16_000_000
"""Bytes of a body that is kept. A larger one passes through, and its statement cannot be told."""
_HEAD = struct.Struct("!cI")


@dataclass(frozen=True)
class Frame:
    type: bytes
    body: bytes | None
    """None when nobody wants it, or when it is too large."""


class FrameError(ValueError):
    """These are no messages of PostgreSQL's protocol."""


class Frames:
    """Cuts a stream into messages, whatever pieces it comes in; bodies that nobody wants are not kept."""

    def __init__(self, wanted: Collection[bytes]) -> None:
        self._wanted = wanted
        self._kept = bytearray()
        self._type = b""
        self._left = -1
        """Bytes of the body that are still to come; -1 while the head is not whole."""
        self._keep = False

    def feed(self, piece: bytes) -> Iterator[Frame]:
        """The messages that end in this piece. Raises FrameError."""
        place = 0
        while place < len(piece) or self._left == 0:
            if self._left < 0:
                place = self._take_head(piece, place)
                continue
            taken = piece[place : place + self._left]
            if self._keep:
                self._kept += taken
            place += len(taken)
            self._left -= len(taken)
            if self._left:
                return
            yield self._end()

    def _take_head(self, piece: bytes, place: int) -> int:
        missing = _HEAD.size - len(self._kept)
        self._kept += piece[place : place + missing]
        if len(self._kept) == _HEAD.size:
            self._type, length = _HEAD.unpack(self._kept)
            if length < 4 or not self._type.isascii() or not self._type.isalnum():
                raise FrameError(f"a message of type {self._type!r} and length {length}")
            self._kept.clear()
            self._left = length - 4
            self._keep = self._type in self._wanted and self._left <= LARGEST
        return place + missing

    def _end(self) -> Frame:
        frame = Frame(self._type, bytes(self._kept) if self._keep else None)
        self._kept.clear()
        self._left = -1
        return frame
