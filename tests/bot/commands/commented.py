"""One pull request, kept in memory: what the service gives the commands, as ``bot.commands.ports`` describes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import sample_reports

from bot.approvals import unproven_id
from bot.commands.command import Refused
from bot.commands.perform import acknowledge, commands_of, perform
from bot.commands.ports import Comment, Commit, Permission, Reaction, Reviewed
from bot.model import Approval, AuditEntry, PullRequest, Waiver
from bot.summary.model import Summary
from checks.model.report import Report
from checks.settings import Settings
from checks.trees import Tree
from checks.trees.tree import MemoryTree

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
HEAD, PUSHED = "a" * 40, "b" * 40
REPORT = sample_reports.failing_report()
IRREVERSIBLE = next(one.id for one in REPORT.findings if one.irreversible)
DEFAULTS, BUNDLED = Settings(), Settings(provider="bundled")
UNPROVEN = [unproven_id(one) for one in REPORT.unproven]


@dataclass
class World:
    """The author is ``ann``; ``wendy`` may write, ``max`` maintains, ``rita`` may only read."""

    fork: bool = False
    settings: Settings = DEFAULTS
    report: Report = REPORT
    summary: Summary | None = None
    refuses: str = ""
    """Why the branch takes no commit."""
    files: dict[str, str] = field(default_factory=dict)
    permissions: dict[str, Permission] = field(
        default_factory=lambda: {
            "ann": Permission.WRITE,
            "wendy": Permission.WRITE,
            "max": Permission.MAINTAIN,
            "rita": Permission.READ,
        }
    )
    teams: dict[str, set[str]] = field(default_factory=dict)
    base_settings: Settings = BUNDLED
    head: str = HEAD
    published_at: datetime = NOON
    heads: list[tuple[datetime, str]] = field(default_factory=lambda: [(NOON - timedelta(hours=1), HEAD)])

    def __post_init__(self) -> None:
        self.reactions: list[Reaction] = []
        self.replies: dict[str, str] = {}
        self.given: list[Approval] = []
        self.entries: list[AuditEntry] = []
        self.accepted: list[Waiver] = []
        self.is_paused = False
        self.started = 0
        self.republished = 0
        self.last = 0
        self.commits: dict[str, Commit] = {}
        self.written: dict[str, str] = {}
        self.removed: list[str] = []

    def says(self, login: str, body: str, *, by_bot: bool = False, minutes: int = 5) -> str:
        """Somebody comments, ``minutes`` after the report was published; the last reply to it."""
        self.last += 1
        self.reactions.clear()
        comment = Comment(
            id=self.last, author=login, by_bot=by_bot, body=body, created_at=NOON + timedelta(minutes=minutes)
        )
        self.hears(comment)
        return next((text for key, text in self.replies.items() if key.startswith(f"{self.last}:")), "")

    def hears(self, comment: Comment) -> None:
        """As the service does it, also when GitHub tells of a comment twice."""
        lines = commands_of(comment, "migration-specialist")
        if lines:
            acknowledge(comment, self)
        for line in lines:
            perform(
                line,
                comment,
                self.pull_request,
                self.settings,
                today=date(2026, 11, 28),
                github=self,
                records=self,
                reviews=self,
            )

    @property
    def pull_request(self) -> PullRequest:
        return PullRequest(
            installation=1,
            owner="acme",
            repository="shop",
            number=7,
            author="ann",
            base_ref="main",
            base_sha="c" * 40,
            head_ref="work",
            head_sha=self.head,
            fork=self.fork,
        )

    # GitHub

    def permission(self, login: str) -> Permission:
        return self.permissions.get(login, Permission.NONE)

    def is_member(self, team: str, login: str) -> bool:
        return login in self.teams.get(team, set())

    def react(self, comment: int, reaction: Reaction) -> None:
        self.reactions.append(reaction)

    def reply(self, key: str, body: str) -> None:
        self.replies.setdefault(key, body)

    def find_commit(self, pull_request: PullRequest, key: str) -> Commit | None:
        return self.commits.get(key)

    def commit(
        self,
        pull_request: PullRequest,
        files: Mapping[str, str],
        gone: Sequence[str],
        *,
        message: str,
        finding: str,
        key: str,
    ) -> Commit:
        if self.refuses:
            raise Refused(self.refuses)
        self.written |= files
        self.removed += gone
        title = message.partition("\n")[0]
        made = Commit(sha="c0ffee" + "0" * 34, parent=pull_request.head_sha, title=title, finding=finding)
        self.commits[key] = made
        self.head = made.sha
        return made

    # Records

    def reviewed(self) -> Reviewed | None:
        return Reviewed(
            report=self.report, head_sha=HEAD, published_at=self.published_at, summary=self.summary
        )

    def head_at(self, when: datetime) -> str | None:
        shown = [sha for since, sha in self.heads if since <= when]
        return shown[-1] if shown else None

    def approvals(self) -> Sequence[Approval]:
        return self.given

    def approve(self, approvals: Sequence[Approval]) -> None:
        self.given += [one for one in approvals if one not in self.given]

    def revoke(self, items: Sequence[str]) -> None:
        self.given = [one for one in self.given if one.item not in items]

    def waivers(self) -> Sequence[Waiver]:
        return self.accepted

    def waive(self, waiver: Waiver) -> None:
        self.accepted.append(waiver)

    def paused(self) -> bool:
        return self.is_paused

    def pause(self, paused: bool) -> None:
        self.is_paused = paused

    def trail(self) -> Sequence[AuditEntry]:
        return self.entries

    def record(self, entry: AuditEntry) -> None:
        if entry not in self.entries:
            self.entries.append(entry)

    # Reviews

    def start(self) -> None:
        self.started += 1

    def republish(self) -> None:
        self.republished += 1

    def base(self) -> tuple[Tree, Settings]:
        return MemoryTree(self.files), self.base_settings
