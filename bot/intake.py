"""A delivery at the door: who may come in, decided on the raw bytes before anything of it is read."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Iterable, Mapping

from pydantic import SecretStr

LARGEST = 25 * 1024 * 1024
"""Bytes; GitHub caps payloads at 25 MB (Webhook events and payloads)."""
_ID = re.compile(r"[0-9A-Za-z-]{1,80}")
_EVENT = re.compile(r"[a-z0-9_]{1,60}")


class Rejected(Exception):
    """The delivery is not let in: ``status`` for the sender, the text for the log."""

    def __init__(self, status: int, why: str):
        super().__init__(why)
        self.status = status


def check_headers(headers: Mapping[str, str], app_id: int) -> tuple[str, str]:
    """The delivery's id and event. Raises Rejected: 400 when they are none, 403 when it is for another App."""
    id, event = headers.get("x-github-delivery", ""), headers.get("x-github-event", "")
    if not _ID.fullmatch(id) or not _EVENT.fullmatch(event):
        raise Rejected(400, "no delivery of GitHub's")
    if not headers.get("x-hub-signature-256", "").startswith("sha256="):
        raise Rejected(401, "not signed")
    kind = headers.get("x-github-hook-installation-target-type", "integration")
    target = headers.get("x-github-hook-installation-target-id", str(app_id))
    if kind == "integration" and target != str(app_id):
        raise Rejected(403, f"for App {target[:20]!r}")
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > LARGEST:
        raise Rejected(413, f"says that it is {length[:20]} bytes")
    return id, event


async def read_body(pieces: AsyncIterator[bytes], largest: int = LARGEST) -> bytes:
    """The whole body. Raises Rejected (413) as soon as it is too long, whatever its headers said."""
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) > largest:
            raise Rejected(413, f"more than {largest} bytes")
    return bytes(body)


def check_signature(body: bytes, signature: str, secrets: Iterable[SecretStr]) -> None:
    """Raises Rejected (401) unless one of the secrets made it. Takes the same time for every wrong one."""
    known = [
        hmac.new(secret.get_secret_value().encode(), body, hashlib.sha256).hexdigest() for secret in secrets
    ]
    given = signature.removeprefix("sha256=").encode()
    equal = [hmac.compare_digest(one.encode(), given) for one in known]
    if not any(equal):
        raise Rejected(401, "the signature is wrong")
