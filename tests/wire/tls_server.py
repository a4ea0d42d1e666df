"""A PostgreSQL that lets nobody in without TLS and a certificate, and the authority that both sides trust."""

from __future__ import annotations

import contextlib
import datetime
import os
import pwd
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from checks.sandbox import installed

PASSWORD = "throw-away"
HBA = "local all all trust\nhostssl all all all scram-sha-256 clientcert=verify-ca\n"


@dataclass(frozen=True)
class TlsServer:
    port: int
    folder: Path

    def url(self, **parameters: str) -> str:
        """As a user would write it, with a certificate of their own unless they give another."""
        own = {"sslcert": str(self.folder / "client.crt"), "sslkey": str(self.folder / "client.key")}
        return f"postgresql://postgres:{PASSWORD}@localhost:{self.port}/postgres?{urlencode({**own, **parameters})}"


@contextlib.contextmanager
def tls_server() -> Iterator[TlsServer]:
    """Skips the test where no PostgreSQL is installed for every user."""
    found = next((one for one in installed.find(None) if one.directory.is_relative_to("/usr")), None)
    if found is None:
        pytest.skip("no PostgreSQL with OpenSSL is installed (apt install postgresql)")
    user = pwd.getpwnam("nobody").pw_uid if os.getuid() == 0 else os.getuid()
    with tempfile.TemporaryDirectory(prefix="tls-", dir="/tmp") as name:
        folder, port = Path(name), _free_port()
        _certificates(folder)
        for path in (folder, *folder.iterdir()):
            os.chown(path, user, -1)
        with _running(found.directory, folder, port, user):
            yield TlsServer(port, folder)


@contextlib.contextmanager
def _running(programs: Path, folder: Path, port: int, user: int) -> Iterator[None]:
    data = folder / "data"
    (folder / "password").write_text(PASSWORD)
    (folder / "password").chmod(0o644)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, "-D", data, *arguments],
            user=user,
            cwd=folder,
            check=True,
            capture_output=True,
        )

    run("initdb", "--username=postgres", f"--pwfile={folder / 'password'}", "--no-sync")
    (data / "pg_hba.conf").write_text(HBA)
    settings = {
        "listen_addresses": "localhost",
        "port": str(port),
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "ssl": "on",
        "ssl_cert_file": str(folder / "server.crt"),
        "ssl_key_file": str(folder / "server.key"),
        "ssl_ca_file": str(folder / "root.crt"),
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    run("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", options)
    try:
        yield
    finally:
        run("pg_ctl", "stop", "-m", "immediate")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _certificates(folder: Path) -> None:
    """An authority with a server's and a client's certificate, and another one that has signed neither."""
    root, key = _authority(folder / "root.crt", "authority")
    _authority(folder / "other.crt", "another authority")
    _signed(folder, "server", "localhost", root, key)
    _signed(folder, "client", "postgres", root, key)


def _authority(path: Path, name: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(name, name, key).add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
    certificate = builder.sign(key, hashes.SHA256())
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate, key


def _signed(
    folder: Path, file: str, name: str, root: x509.Certificate, root_key: ec.EllipticCurvePrivateKey
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = root.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    alternative = x509.SubjectAlternativeName([x509.DNSName(name)])
    certificate = (
        _builder(name, str(issuer), key).add_extension(alternative, False).sign(root_key, hashes.SHA256())
    )
    (folder / f"{file}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / f"{file}.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    (folder / f"{file}.key").chmod(0o600)


def _builder(name: str, issuer: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
    )
