"""Deliveries at a steady rate, to loopback only: ``python -m benchmarks.load [DELIVERIES] [PER_SECOND]``.

Starts ``migration serve`` on a fresh SQLite database with a made-up App, sends signed deliveries, and prints what was
lost, what was doubled, how long the answers took, and how busy the machine was. GitHub is not asked for anything:
the deliveries are those that most come: pushes, check runs and comments that ask for nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

SECRET = "load"
THREADS = 16
EVENTS = {
    "push": {"ref": "refs/heads/topic"},
    "check_run": {"action": "created", "check_run": {"head_sha": "a" * 40}},
    "issue_comment": {
        "action": "created",
        "issue": {"number": 1, "pull_request": {}},
        "comment": {"id": 1, "body": "Looks good to me.\n" * 20, "created_at": "2026-01-01T00:00:00Z"},
    },
}


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    rate = float(sys.argv[2]) if len(sys.argv) > 2 else 200.0
    with tempfile.TemporaryDirectory() as name:
        state = Path(name)
        port = _free_port()
        with (state / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", "from bot.cli import main; main()", "serve"],
                env=_environment(state, port),
                stdout=log,
                stderr=log,
            )
            try:
                _wait(port)
                return _measure(state, port, count, rate)
            finally:
                process.terminate()
                process.wait(20)


def _measure(state: Path, port: int, count: int, rate: float) -> int:
    ids = [str(uuid.uuid4()) for _ in range(count)]
    seconds: list[float] = []
    statuses: list[int] = []
    local = threading.local()
    start = time.perf_counter() + 0.5

    def send(place: int) -> None:
        client = getattr(local, "client", None) or httpx.Client(timeout=20)
        local.client = client
        time.sleep(max(0.0, start + place / rate - time.perf_counter()))
        event = list(EVENTS)[place % len(EVENTS)]
        body, headers = _signed(event, ids[place])
        began = time.perf_counter()
        answer = client.post(f"http://127.0.0.1:{port}/webhook", content=body, headers=headers)
        seconds.append(time.perf_counter() - began)
        statuses.append(answer.status_code)

    before = os.getloadavg()[0]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(send, range(count)))
    took = time.perf_counter() - start
    for id in ids[:: count // 20 or 1]:  # a twentieth once more, as GitHub's redelivery does
        body, headers = _signed("push", id)
        httpx.post(f"http://127.0.0.1:{port}/webhook", content=body, headers=headers)
    rows = _rows(state / "state.db", set(ids))
    seconds.sort()
    p99 = seconds[int(len(seconds) * 0.99) - 1]
    print(
        f"deliveries   {count} in {took:.1f} s: {count / took:.0f} a second; answers: {sorted(set(statuses))}"
    )
    print(f"lost         {count - len(set(rows))}")
    print(f"doubled      {len(rows) - len(set(rows))}")
    print(
        f"answered in  median {1000 * seconds[count // 2]:.1f} ms, 99 % {1000 * p99:.1f} ms, longest {1000 * seconds[-1]:.1f} ms"
    )
    print(
        f"machine      {os.cpu_count()} processors, load {before:.2f} before, {os.getloadavg()[0]:.2f} after"
    )
    return 0 if len(set(rows)) == count == len(rows) and p99 < 0.1 else 1


def _signed(event: str, id: str) -> tuple[bytes, dict[str, str]]:
    payload = {"installation": {"id": 1}, "repository": {"full_name": "a/b", "default_branch": "main"}}
    body = json.dumps(payload | EVENTS[event]).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return body, {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": id,
        "X-Hub-Signature-256": f"sha256={signature}",
        "Content-Type": "application/json",
    }


def _rows(database: Path, wanted: set[str]) -> list[str]:
    """The ids that were acted upon."""
    end = time.monotonic() + 60
    while True:
        with sqlite3.connect(database) as connection:
            query = "SELECT id FROM migration_deliveries WHERE handled_at IS NOT NULL"
            rows = [id for (id,) in connection.execute(query) if id in wanted]
        if len(rows) >= len(wanted) or time.monotonic() > end:
            return rows
        time.sleep(0.2)


def _environment(state: Path, port: int) -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        **os.environ,
        "GITHUB_APP_ID": "1",
        "GITHUB_APP_SLUG": "load",
        "GITHUB_PRIVATE_KEY": pem.decode(),
        "GITHUB_WEBHOOK_SECRET": SECRET,
        "MIGRATION_STATE": str(state),
        "MIGRATION_PORT": str(port),
        "MIGRATION_GITHUB_API": "http://127.0.0.1:1/",
        "DATABASE_URL": "",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("the service did not start")


if __name__ == "__main__":
    sys.exit(main())
