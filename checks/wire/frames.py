"""The framing of PostgreSQL's messages (docs, 54.7): a type byte, a length that counts itself, a body."""

from __future__ import annotations

import struct
from collections.abc import Collection
from typing import NamedTuple

LARGEST = 16_000_000
"""Bytes of a body that is kept. A larger one passes through, and its statement cannot be told."""
_HEAD = struct.Struct("!cI")


class Frame(NamedTuple):
    type: bytes
    body: bytes | None
    """None when it is too large."""


class FrameError(ValueError):
    """These are no messages of PostgreSQL's protocol."""


class Frames:
    """Cuts a stream into messages, whatever pieces it comes in; those that nobody wants are left out."""

    def __init__(self, wanted: Collection[bytes]) -> None:
        self._wanted = wanted
        self._kept = bytearray()
        """Of a head, or of a body, that came in part."""
        self._type = b""
        self._left = -1
        """Bytes of the body that are still to come; -1 while the head is not whole."""
        self._keep = False

    def feed(self, piece: bytes) -> list[Frame]:
        """The messages that end in this piece. Raises FrameError."""
        found: list[Frame] = []
        place = 0
        while place < len(piece) or self._left == 0:
            if self._left >= 0:
                place = self._take_body(piece, place, found)
            elif self._kept or len(piece) - place < _HEAD.size:
                place = self._take_head(piece, place)
            else:
                place = self._take_whole(piece, place, found)
        return found

    def _take_whole(self, piece: bytes, place: int, found: list[Frame]) -> int:
        """As most come, up to one that goes on in the next piece."""
        while len(piece) - place >= _HEAD.size:
            type, length = _head(piece, place)
            end = place + 1 + length
            if end > len(piece):
                self._begin(type, length)
                return place + _HEAD.size
            if type in self._wanted:
                found.append(Frame(type, piece[place + _HEAD.size : end] if length <= LARGEST else None))
            place = end
        return place

    def _take_head(self, piece: bytes, place: int) -> int:
        missing = _HEAD.size - len(self._kept)
        self._kept += piece[place : place + missing]
        if len(self._kept) == _HEAD.size:
            self._begin(*_head(self._kept, 0))
            self._kept.clear()
        return place + missing

    def _take_body(self, piece: bytes, place: int, found: list[Frame]) -> int:
        taken = piece[place : place + self._left]
        if self._keep:
            self._kept += taken
        self._left -= len(taken)
        if not self._left:
            self._left = -1
            if self._type in self._wanted:
                found.append(Frame(self._type, bytes(self._kept) if self._keep else None))
            self._kept.clear()
        return place + len(taken)

    def _begin(self, type: bytes, length: int) -> None:
        self._type, self._left = type, length - 4
        self._keep = type in self._wanted and length <= LARGEST


def _head(data: bytes | bytearray, place: int) -> tuple[bytes, int]:
    type, length = _HEAD.unpack_from(data, place)
    if length < 4 or not type.isalnum():
        raise FrameError(f"a message of type {type!r} and length {length}")
    return type, length
