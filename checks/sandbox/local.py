"""A server from a directory of programs on this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from checks.progress import Progress
from checks.sandbox import namespaces
from checks.sandbox.binaries import Binaries
from checks.sandbox.cage import Cage
from checks.sandbox.cluster import Cluster, running
from checks.sandbox.namespaces import Bubblewrap
from checks.sandbox.places import RunDirectory
from checks.sandbox.plain import PlainProcess
from checks.sandbox.server import Snapshots
from checks.settings import Limits, Settings


@contextlib.contextmanager
def start(
    binaries: Binaries, settings: Settings, snapshot: Snapshots | None, progress: Progress
) -> Iterator[Cluster]:
    """A running server in the strongest cage that works here; when the block ends, nothing of it is left."""
    run = RunDirectory(settings.limits.disk_mb)
    try:
        enclosure = build_cage(run, binaries, settings.limits)
        with running(run, enclosure, settings, snapshot, progress) as server:
            yield server
    finally:
        run.remove()


def build_cage(run: RunDirectory, binaries: Binaries, limits: Limits) -> Cage:
    """Namespaces where they can be had, else a plain process."""
    reason = namespaces.why_no_bubblewrap()
    return PlainProcess(run, binaries, reason) if reason else Bubblewrap(run, binaries, limits)
