"""How strong the isolations are, against what the configuration asks for."""

from __future__ import annotations

from checks.errors import SandboxUnavailable
from checks.model.report import Isolation
from checks.settings import Settings

STRENGTH = {Isolation.EXTERNAL: 0, Isolation.PROCESS: 0, Isolation.NAMESPACE: 1, Isolation.CONTAINER: 2}
WANTED = {"none": 0, "namespace": 1, "container": 2}


def demand(settings: Settings, offered: Isolation, why: str = "") -> None:
    """Raise SandboxUnavailable when ``require_isolation`` asks for more than is offered."""
    if STRENGTH[offered] < WANTED[settings.require_isolation]:
        reason = f": {why}" if why else ""
        raise SandboxUnavailable(
            f"it offers isolation by {offered.value}, and {settings.require_isolation} is required{reason}"
        )
