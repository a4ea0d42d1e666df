"""What GitHub can answer instead of what was asked for.

GitHubError
├── RateLimited     wait for ``seconds``, then ask again
├── Unavailable     a 5xx, a time-out, a broken connection: ask again later
├── NotFound        404: it is not there, not yet, or not for this App
└── Refused         every other 4xx: asking again changes nothing
"""

from __future__ import annotations

from checks.errors import MigrationError


class GitHubError(MigrationError):
    """Base of all."""


class RateLimited(GitHubError):
    def __init__(self, message: str, seconds: float):
        super().__init__(message, hint="Nothing to do: the service goes on by itself.")
        self.seconds = seconds


class Unavailable(GitHubError):
    """GitHub did not answer, or answered that it cannot."""


class NotFound(GitHubError):
    """GitHub knows nothing of that name that this App may see."""


class Refused(GitHubError):
    """GitHub will not do it."""

    def __init__(self, message: str, status: int, hint: str = ""):
        super().__init__(message, hint=hint)
        self.status = status
