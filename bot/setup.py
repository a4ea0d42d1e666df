"""Making the App with GitHub's manifest flow: one link, one form, one file.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
The link works once and only while no App is configured: whoever can make the App can read what it will read.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from githubkit import GitHub

from bot.github.client import TIMEOUT, Client, Turn
from bot.github.credentials import Credentials, write_credentials
from bot.github.errors import GitHubError
from bot.publish.page import page_text
from bot.publish.templating import environment
from bot.service import Config

LINK_SECONDS = 3600
COOKIE = "migration_setup"
PERMISSIONS = {
    "metadata": "read",
    "contents": "read",
    "checks": "write",
    "pull_requests": "write",
    "issues": "write",
    "merge_queues": "read",
}
EVENTS = ("pull_request", "issue_comment", "check_run", "check_suite", "merge_group", "push", "repository")
WRONG = "This link is not valid (any more). Start the service again for a new one.\n"
DONE = "An App is configured already. To make another, remove its credentials first: docs/app.md.\n"
NOT_MADE = "GitHub did not make the App: {error}. Start again with the link.\n"
_ORGANISATION = re.compile(r"[0-9A-Za-z-]{0,39}")


class Setup:
    def __init__(self, config: Config, token: str):
        self._config = config
        self._token = token
        self._states: set[str] = set()
        self._until = time.monotonic() + LINK_SECONDS
        self.when_done: Callable[[], None] = lambda: None

    def app(self) -> FastAPI:
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        app.get("/setup")(self.form)
        app.get("/setup/done")(self.done)
        app.get("/healthz")(lambda: PlainTextResponse("ok\n"))
        return app

    def form(self, token: str = "", organization: str = "") -> Response:
        """The form whose button sends the manifest to GitHub."""
        if self._config.credentials_file.exists():
            return PlainTextResponse(DONE, 410)
        if not self._is_valid(token):
            return PlainTextResponse(WRONG, 403)
        state = secrets.token_urlsafe(32)
        self._states.add(state)
        if not _ORGANISATION.fullmatch(organization):
            return PlainTextResponse(WRONG, 400)
        place = f"/organizations/{organization}" if organization else ""
        template = environment(page_text).get_template("setup.html.j2")
        text = template.render(
            action=f"{self._config.github_url}{place}/settings/apps/new?state={state}",
            manifest=json.dumps(manifest(self._config)),
            permissions=PERMISSIONS,
            events=EVENTS,
            token=token,
            organization=organization,
            url=f"{self._config.url}/webhook",
        )
        policy = (
            f"default-src 'none'; style-src 'unsafe-inline'; form-action 'self' {self._config.github_url}"
        )
        response = HTMLResponse(
            text, headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"}
        )
        secure = self._config.url.startswith("https://")
        response.set_cookie(COOKIE, state, max_age=LINK_SECONDS, httponly=True, secure=secure, samesite="lax")
        return response

    def done(self, request: Request, code: str = "", state: str = "") -> Response:
        """GitHub sends the browser back with a code, good for the App's credentials for an hour and once."""
        if self._config.credentials_file.exists():
            return PlainTextResponse(DONE, 410)
        if state not in self._states or not secrets.compare_digest(
            request.cookies.get(COOKIE, "").encode(), state.encode()
        ):
            return PlainTextResponse(WRONG, 403)
        self._states.discard(state)
        try:
            made = self._convert(code)
            write_credentials(_credentials(made), self._config.credentials_file)
        except GitHubError as error:
            return PlainTextResponse(NOT_MADE.format(error=error), 502)
        except FileExistsError:
            return PlainTextResponse(DONE, 410)
        self._token = ""
        self.when_done()
        return RedirectResponse(f"{made['html_url']}/installations/new", 303)

    def _is_valid(self, token: str) -> bool:
        right = secrets.compare_digest(token.encode(), self._token.encode())
        return bool(self._token) and right and time.monotonic() < self._until

    def _convert(self, code: str) -> dict[str, Any]:
        github = GitHub(base_url=self._config.github_api, timeout=TIMEOUT, auto_retry=False, http_cache=False)
        client = Client(lambda: github, Turn(), 0)
        return dict(client.write(lambda rest: rest.apps.create_from_manifest(code)))


def manifest(config: Config) -> dict[str, Any]:
    """What the App is and may; GitHub shows it to whoever presses the button."""
    return {
        "name": "Migration Specialist",
        "url": config.url,
        "hook_attributes": {"url": f"{config.url}/webhook", "active": True},
        "redirect_url": f"{config.url}/setup/done",
        "callback_urls": [f"{config.url}/signed-in"],
        "public": False,
        "default_permissions": PERMISSIONS,
        "default_events": list(EVENTS),
    }


def _credentials(made: dict[str, Any]) -> Credentials:
    return Credentials(
        app_id=made["id"],
        slug=made["slug"],
        private_key=made["pem"],
        webhook_secret=made["webhook_secret"],
        client_id=made["client_id"],
        client_secret=made["client_secret"],
    )
