"""The way from the proxy to the server behind it, encrypted where that server or its user wants it.

What libpq's parameters mean is libpq's documentation (34.1.2 and 34.19), so that the proxy comes in wherever our own
sessions do. ``allow`` is taken as ``prefer``: both take what they get.
"""

from __future__ import annotations

import asyncio
import ssl
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from psycopg.pq import Conninfo

from checks.sandbox.sessions import Address
from checks.wire.line import Line

SSL_REQUEST = struct.pack("!II", 8, 80877103)
"""Docs, 54.2.11."""
SECONDS = 10.0
_VERSIONS = {"tlsv1.2": ssl.TLSVersion.TLSv1_2, "tlsv1.3": ssl.TLSVersion.TLSv1_3}
_LATEST = ssl.TLSVersion.MAXIMUM_SUPPORTED
_VERIFYING = ("verify-ca", "verify-full")


class UpstreamError(Exception):
    """The server behind cannot be reached as it should be: a sentence without its full stop."""


@dataclass(frozen=True)
class Upstream:
    line: Line
    is_encrypted: bool = False


async def connect(address: Address) -> Upstream:
    """Raises UpstreamError, within SECONDS."""
    try:
        async with asyncio.timeout(SECONDS):
            return await _connect(address)
    except TimeoutError as error:
        raise UpstreamError(f"the server behind does not answer within {SECONDS:g} s") from error
    except EOFError as error:
        raise UpstreamError("the server behind closes the connection before it says anything") from error
    except (OSError, ValueError) as error:
        raise UpstreamError(f"the server behind cannot be reached: {error}") from error


async def _connect(address: Address) -> Upstream:
    if address.host.startswith("/"):
        place = Path(address.host) / f".s.PGSQL.{address.port}"
        _, line = await asyncio.get_running_loop().create_unix_connection(Line, str(place))
        return Upstream(line)
    given = parameters(address)
    mode = given.get("sslmode", "prefer")
    if mode == "disable":
        return Upstream(await _open(address, given))
    try:
        return await _encrypted(address, given, mode)
    except ssl.SSLError:
        if mode not in ("prefer", "allow"):
            raise
        return Upstream(await _open(address, given))


async def _open(address: Address, given: Mapping[str, str]) -> Line:
    host = given.get("hostaddr") or address.host
    _, line = await asyncio.get_running_loop().create_connection(Line, host, int(address.port))
    return line


async def _encrypted(address: Address, given: Mapping[str, str], mode: str) -> Upstream:
    line = await _open(address, given)
    try:
        if given.get("sslnegotiation") != "direct":
            line.write(SSL_REQUEST)
            answer = await line.exactly(1)
            if answer == b"N" and mode in ("prefer", "allow"):
                return Upstream(line)
            if answer != b"S":
                raise UpstreamError(f"the server behind does not speak TLS, and sslmode is {mode}")
        await line.encrypt(context(given), address.host)
        return Upstream(line, is_encrypted=True)
    except BaseException:
        line.abort()
        raise


def parameters(address: Address) -> dict[str, str]:
    """libpq's, as they are in force: those of the address, else those of the environment, else libpq's own."""
    known = {option.keyword.decode(): option.val.decode() for option in Conninfo.get_defaults() if option.val}
    known.pop("hostaddr", None)  # the environment's is about another server
    return {**known, **address.more}


def context(given: Mapping[str, str]) -> ssl.SSLContext:
    """Certificates, keys and versions that libpq would take. Raises OSError for a file that cannot be read."""
    mode, roots = given.get("sslmode", "prefer"), _file(given, "sslrootcert", "root.crt")
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.set_alpn_protocols(["postgresql"])
    made.minimum_version = _VERSIONS.get(
        given.get("ssl_min_protocol_version", "").lower(), ssl.TLSVersion.TLSv1_2
    )
    made.maximum_version = _VERSIONS.get(given.get("ssl_max_protocol_version", "").lower(), _LATEST)
    # With a file of roots "require" is "verify-ca" (libpq docs, 34.19.1); "system" is "verify-full" in itself.
    checks_name = mode == "verify-full" or roots == "system"
    made.check_hostname = checks_name
    verifies = checks_name or mode in _VERIFYING or (mode == "require" and bool(roots))
    made.verify_mode = ssl.CERT_REQUIRED if verifies else ssl.CERT_NONE
    if roots == "system":
        made.set_default_verify_paths()
    elif verifies:
        made.load_verify_locations(roots or str(_home("root.crt")))
    if revoked := _file(given, "sslcrl", "root.crl"):
        made.load_verify_locations(revoked)
        made.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
    if certificate := _file(given, "sslcert", "postgresql.crt"):
        key = _file(given, "sslkey", "postgresql.key") or None
        made.load_cert_chain(certificate, key, given.get("sslpassword", ""))
    return made


def _file(given: Mapping[str, str], name: str, usual: str) -> str:
    """What is named, else libpq's usual file where it is there, else ``""``."""
    return given.get(name) or (str(_home(usual)) if _home(usual).exists() else "")


def _home(name: str) -> Path:
    try:
        return Path.home() / ".postgresql" / name
    except RuntimeError:  # there is no home directory
        return Path("/nonexistent") / name
