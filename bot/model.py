"""The vocabulary of the doors: a pull request, and what people have said about its Report."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from checks.model.findings import Finding, Unproven
from checks.model.report import Verdict


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PullRequest(Model):
    """A pull request at one moment: what is compared, and where it is talked about."""

    installation: int
    """The id of the App's installation, which its tokens are made for."""
    owner: str
    repository: str
    number: int
    author: str
    """The login of whoever opened it."""
    base_ref: str
    """The branch it is to be merged into, without ``refs/heads/``."""
    base_sha: str
    head_ref: str
    head_sha: str
    fork: bool = False
    """Whether its head is in another repository."""
    draft: bool = False

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.repository}"


class Approval(Model):
    """Somebody has looked at one item of a report and takes it as it is."""

    item: str
    """The id of a finding, or what ``unproven_id`` gives."""
    by: str
    """Their login."""
    at: datetime
    head_sha: str
    """The commit that they saw."""
    reason: str = ""


class Waiver(Model):
    """Somebody accepts a hazard in this pull request for a while; what cannot be undone it does not cover."""

    rule: str
    by: str
    at: datetime
    head_sha: str
    """The commit that they saw."""
    until: date
    """The last day on which it counts."""
    reason: str


class AuditEntry(Model):
    """Who did what to a pull request's check, when, and for which commit. Entries are only ever added."""

    by: str
    at: datetime
    action: str
    """The word of the command: ``approve``, ``revoke``, ``ignore``, ``pause``, ``resume``."""
    what: tuple[str, ...] = ()
    """Ids of findings and unproven parts, or rules."""
    head_sha: str = ""
    reason: str = ""


class Standing(Model):
    """A report's verdict once the approvals count."""

    verdict: Verdict
    open_findings: tuple[Finding, ...] = ()
    """Irreversible ones that nobody has approved."""
    open_unproven: tuple[Unproven, ...] = ()
    approved: tuple[Approval, ...] = ()
    """Those that speak of an item of this report."""
    waived: tuple[Finding, ...] = ()
    """Those that a waiver covers."""
    waivers: tuple[Waiver, ...] = ()
    """What covers them: of each rule the one that counts longest."""


class Usage(Model):
    """A place in the repository's code that names what a change drops or renames; found as text."""

    path: str
    line: int
    object: str
    """The table, column or enum value, as the report names it."""
    text: str
    """The line."""
