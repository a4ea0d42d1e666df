"""Being built: refuses for now."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from checks.errors import SandboxUnavailable
from checks.progress import Progress
from checks.sandbox.server import Server, Snapshots
from checks.settings import Settings


@contextlib.contextmanager
def start(settings: Settings, snapshot: Snapshots | None, progress: Progress) -> Iterator[Server]:
    raise SandboxUnavailable("this provider is not there yet")
    yield
