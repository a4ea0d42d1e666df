"""githubkit behind a small surface: time-outs, our errors, no hidden retries, writes one after the other.

githubkit would repeat a POST that got a 5xx, which doubles a comment, and sleep through a rate limit inside the call.
So it never retries here: the workflow does, with sleeps that survive a restart, and every create is find-or-create.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol

import httpx
from githubkit import AppAuthStrategy, AppInstallationAuthStrategy, GitHub
from githubkit.cache import MemCacheStrategy
from githubkit.exception import (
    AuthExpiredError,
    GitHubException,
    RateLimitExceeded,
    RequestError,
    RequestFailed,
)

from bot.github.credentials import Credentials
from bot.github.errors import NotFound, RateLimited, Refused, Unavailable
from checks.errors import MigrationError

API_URL = "https://api.github.com/"
TIMEOUT = httpx.Timeout(30, connect=5)
SECONDARY_LIMIT_SECONDS = 60
"""What GitHub asks for when it names no time (REST API, "Rate limits": wait at least one minute)."""
WRITE_PAUSE_SECONDS = 1.0
"""Between two writes of one installation (REST API, "Best practices": pause between mutative requests)."""
PAGE = 100


class _Transport(httpx.HTTPTransport):
    """Kept open: githubkit makes an HTTP client for each call and closes it, and the connections with it."""

    def close(self) -> None:
        """Its connections end with the process."""


class PageCall(Protocol):
    def __call__(self, rest: Any, /, page: int) -> Any: ...


class App:
    """The App itself, and its installations."""

    def __init__(
        self,
        credentials: Credentials,
        api_url: str = API_URL,
        write_pause: float = WRITE_PAUSE_SECONDS,
    ):
        self.credentials = credentials
        self._api_url = api_url
        self._write_pause = write_pause
        self._transport = _Transport(retries=1)
        self._turns: dict[int, Turn] = defaultdict(Turn)
        self._clients: dict[int, Client] = {}
        self._lock = threading.Lock()

    def itself(self) -> Client:
        """With the App's own rights: about installations and deliveries."""
        return Client(lambda: GitHub(self._strategy(), **self._options()), Turn(), 0)

    def installation(self, id: int) -> Client:
        with self._lock:
            if id not in self._clients:
                self._clients[id] = Client(
                    lambda: self._as_installation(id), self._turns[id], self._write_pause
                )
            return self._clients[id]

    def as_user(self, token: str) -> Client:
        """With somebody's token from the sign-in: only to ask what they may see."""
        return with_token(token, self._api_url, 0, self._transport)

    def _as_installation(self, id: int) -> GitHub[AppInstallationAuthStrategy]:
        app = GitHub(self._strategy(), **self._options())
        return app.with_auth(app.auth.as_installation(id))

    def _strategy(self) -> AppAuthStrategy:
        return AppAuthStrategy(self.credentials.app_id, self.credentials.private_key.get_secret_value())

    def _options(self) -> dict[str, Any]:
        return _options(self._api_url, self._transport)


def with_token(
    token: str,
    api_url: str = API_URL,
    write_pause: float = WRITE_PAUSE_SECONDS,
    transport: _Transport | None = None,
) -> Client:
    """With a token that was given: a user's, or the one of a workflow's job."""
    options = _options(api_url, transport or _Transport(retries=1))
    return Client(lambda: GitHub(token, **options), Turn(), write_pause)


def _options(api_url: str, transport: _Transport) -> dict[str, Any]:
    return {
        "base_url": api_url,
        "timeout": TIMEOUT,
        "auto_retry": False,
        "http_cache": False,
        "cache_strategy": MemCacheStrategy(),
        "transport": transport,
        "user_agent": "migration-specialist",
    }


class Turn:
    """Whose turn it is to write, and when the last write was."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.last = 0.0


class Client:
    """GitHub with one identity."""

    def __init__(self, make: Callable[[], GitHub[Any]], turn: Turn, write_pause: float):
        self._make = make
        self._github = make()
        self._turn = turn
        self._write_pause = write_pause

    def read(self, call: Callable[[Any], Any]) -> Any:
        """The JSON of a call on githubkit's ``rest``: ``read(lambda rest: rest.pulls.get(owner, name, number))``.

        Raises RateLimited, Unavailable, NotFound, Refused.
        """
        try:
            return self._ask(call)
        except Refused as error:
            if error.status != 401:
                raise
        self._github = self._make()  # a token that was revoked is still in the old one's cache
        return self._ask(call)

    def write(self, call: Callable[[Any], Any]) -> Any:
        """The same for a call that changes something: never two at a time, and never two at once."""
        with self._turn.lock:
            time.sleep(max(0.0, self._turn.last + self._write_pause - time.monotonic()))
            try:
                return self.read(call)
            finally:
                self._turn.last = time.monotonic()

    def pages(self, call: PageCall, most: int = 30) -> Iterator[Any]:
        """The items of all pages of a list, up to ``most`` pages of 100."""
        for page in range(1, most + 1):
            items = self.read(partial(call, page=page))
            yield from items
            if len(items) < PAGE:
                return

    @contextmanager
    def download(self, path: str) -> Iterator[httpx.Response]:
        """A body to be read piece by piece. Raises as ``read`` does."""
        with _our_errors(), self._github.get_sync_client() as client, client.stream("GET", path) as response:
            if response.status_code >= 400:
                response.read()
                raise _refusal(response)
            yield response

    def _ask(self, call: Callable[[Any], Any]) -> Any:
        with _our_errors():
            response = call(self._github.rest)
            return response.json() if response.content else None


@contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except (GitHubException, httpx.HTTPError) as error:
        raise _ours(_cause(error)) from error


def _cause(error: Exception) -> Exception:
    """What failed when a token was made is wrapped once more."""
    while isinstance(error, RequestError) and isinstance(error.exc, GitHubException):
        error = error.exc
    return error


def _ours(error: Exception) -> MigrationError:
    if isinstance(error, RateLimitExceeded):
        return _limited(error.response.raw_response, error.retry_after.total_seconds())
    if isinstance(error, RequestFailed):
        return _refusal(error.response.raw_response)
    if isinstance(error, AuthExpiredError):
        return Refused("GitHub takes this App's token no more", 401)
    cause = getattr(error, "exc", error)
    return Unavailable(f"GitHub cannot be reached: {type(cause).__name__}: {cause}")


def _refusal(response: httpx.Response) -> MigrationError:
    what = (
        f"{response.request.method} {response.request.url.path}: {response.status_code} {_message(response)}"
    )
    if response.status_code >= 500:
        return Unavailable(what)
    if response.status_code == 429 or _is_secondary_limit(response):
        return _limited(response, SECONDARY_LIMIT_SECONDS)
    if response.status_code == 404:
        return NotFound(what, hint="It is gone, or the App may not see it: look at the App's permissions.")
    hint = (
        "Look at the App's permissions and installation: `migration doctor`."
        if response.status_code in (401, 403)
        else ""
    )
    return Refused(what, response.status_code, hint)


def _limited(response: httpx.Response, seconds: float) -> RateLimited:
    path = response.request.url.path
    return RateLimited(f"GitHub's rate limit at {path}: wait {seconds:.0f} s", max(1.0, seconds))


def _is_secondary_limit(response: httpx.Response) -> bool:
    """GitHub answers 403 for both, and does not always say when to come back."""
    return response.status_code == 403 and "rate limit" in _message(response).lower()


def _message(response: httpx.Response) -> str:
    """What GitHub says, without more of the body than a person reads."""
    try:
        body = response.json()
    except ValueError:
        return response.reason_phrase
    return str(body.get("message", ""))[:300] if isinstance(body, dict) else response.reason_phrase
