"""What goes into the engine's process and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from bot.handoff import Handoff
from bot.model import Model, Usage
from checks.model.report import Report
from checks.proposals.model import Proof, Proposal


class Order(Model):
    """The files of both sides, and who opened the pull request."""

    base: Mapping[str, bytes]
    head: Mapping[str, bytes]
    base_label: str
    head_label: str
    author: str
    provider: Literal["auto", "docker", "installed", "bundled", "server"]
    """The operator's, not the repository's: where strangers' code runs is not a stranger's choice."""
    require_isolation: Literal["container", "namespace", "none"]
    server_url: str | None
    most_seconds: float
    proposal: Proposal | None = None
    """When there is one, it is run in the place of what the head adds, and the outcome is its proof."""


class Around(Model):
    """What was found out beside the report."""

    usages: tuple[Usage, ...] = ()
    stopped: str = ""
    """Why the search for usages is not whole, as a sentence; empty when it is."""
    handoff: Handoff = Handoff()
    summary: Literal["auto", "template", "off"] = "auto"
    """What the configuration of the base says of the summary."""
    files: Mapping[str, str] = {}
    """Path → text at the head, of the files that proven advice is about."""


class Outcome(Model):
    """Exactly one of ``report`` (None: no migration changed), ``proof`` and ``problem`` speaks."""

    report: Report | None = None
    proof: Proof | None = None
    around: Around = Around()
    problem: str = ""
    """Why there is no report, in sentences for the author of the pull request."""
    passing: bool = False
    """Whether it may go better next time: the sandbox was lost, or there was none."""
