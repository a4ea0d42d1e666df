"""Report pages are private: for people who can read the repository, shown by GitHub's sign-in, or a signed link.

Nobody's GitHub token is kept. It is used once, to ask whether its owner sees the repository, and the answer goes into a
signed cookie that runs out.
"""

from __future__ import annotations

import hashlib
import secrets
from urllib.parse import urlencode

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse
from itsdangerous import BadData, URLSafeTimedSerializer

from bot.github.client import TIMEOUT
from bot.github.errors import GitHubError, NotFound, Refused
from bot.publish.formats import report_document
from bot.publish.page import content_security_policy, page
from bot.publishing import context_of
from bot.service import Service

COOKIE, PENDING = "migration_reports", "migration_sign_in"
SESSION_SECONDS = 3600
SIGN_IN_SECONDS = 600
MOST_REPOSITORIES = 20
"""Of one cookie; the oldest fall out."""
NONE = "There is no such report. It may be older than this service keeps them.\n"
MAY_NOT = "You cannot see this report: your GitHub account has no access to its repository.\n"
NOT_SIGNED_IN = "The sign-in did not come to an end: open the link of the report again.\n"
NO_SIGN_IN = "This service has no client id of its App, so nobody can sign in. Ask for a signed link.\n"
LATER = "GitHub does not answer: try again later.\n"


class SignIn:
    def __init__(self, service: Service):
        self._service = service
        key = hashlib.sha256(
            b"migration:" + service.credentials.private_key.get_secret_value().encode()
        ).hexdigest()
        self._sessions = URLSafeTimedSerializer(key, salt="session")
        self._pending = URLSafeTimedSerializer(key, salt="sign-in")
        self._links = link_signer(service)

    def add_to(self, app: FastAPI) -> None:
        app.get("/reports/{id}", responses={403: {}, 404: {}, 307: {}})(self.report)
        app.get("/signed-in", responses={403: {}, 502: {}})(self.signed_in)

    def report(self, request: Request, id: str, link: str = "", format: str = "html") -> Response:
        """The page; the way to the sign-in for whoever is not known."""
        place = self._service.reviews.pull_request_of(id)
        if self._may_read(request, id, place[0] if place else "", link):
            return self._page(id, format)
        # Whether there is a report is told to those only who may see it.
        return self._to_github(id)

    def signed_in(self, request: Request, code: str = "", state: str = "") -> Response:
        try:
            nonce, id = self._pending.loads(state, max_age=SIGN_IN_SECONDS)
        except BadData:
            return PlainTextResponse(NOT_SIGNED_IN, 403)
        if not code or not secrets.compare_digest(request.cookies.get(PENDING, "").encode(), nonce.encode()):
            return PlainTextResponse(NOT_SIGNED_IN, 403)
        place = self._service.reviews.pull_request_of(id)
        try:
            token = self._token(code)
            if token is None or place is None or not self._sees(token, place[0]):
                return PlainTextResponse(MAY_NOT, 403)
        except (GitHubError, httpx.HTTPError):
            return PlainTextResponse(LATER, 502)
        response = RedirectResponse(f"/reports/{id}", 303)
        seen = [*self._repositories(request), place[0]][-MOST_REPOSITORIES:]
        self._set(response, COOKIE, str(self._sessions.dumps(seen)), SESSION_SECONDS)
        response.delete_cookie(PENDING)
        return response

    def _page(self, id: str, format: str) -> Response:
        report, review = self._service.reviews.report(id), self._service.reviews.get(id)
        if report is None or review is None:
            return PlainTextResponse(NONE, 404)
        if format == "json":
            return JSONResponse(report_document(report, self._service.reviews.summary(id)))
        headers = {"Content-Security-Policy": content_security_policy()}
        return HTMLResponse(page(report, context_of(self._service, review, report)), headers=headers)

    def _may_read(self, request: Request, id: str, repository: str, link: str) -> bool:
        if link:
            try:
                until_id = self._links.loads(link)["id"]
                return bool(until_id == id and not self._is_over(link))
            except BadData:
                return False
        return bool(repository) and repository in self._repositories(request)

    def _is_over(self, link: str) -> bool:
        seconds = int(self._links.loads(link)["seconds"])
        try:
            self._links.loads(link, max_age=seconds)
        except BadData:
            return True
        return False

    def _repositories(self, request: Request) -> list[str]:
        try:
            return list(self._sessions.loads(request.cookies.get(COOKIE, ""), max_age=SESSION_SECONDS))
        except BadData:
            return []

    def _to_github(self, id: str) -> Response:
        if not self._service.credentials.client_id:
            return PlainTextResponse(NO_SIGN_IN, 403)
        nonce = secrets.token_urlsafe(32)
        query = {
            "client_id": self._service.credentials.client_id,
            "redirect_uri": f"{self._service.config.url}/signed-in",
            "state": self._pending.dumps([nonce, id[:64]]),
        }
        response = RedirectResponse(
            f"{self._service.config.github_url}/login/oauth/authorize?{urlencode(query)}", 307
        )
        self._set(response, PENDING, nonce, SIGN_IN_SECONDS)
        return response

    def _token(self, code: str) -> str | None:
        """The user's token for a code of GitHub's; None when GitHub does not take the code."""
        credentials = self._service.credentials
        answer = httpx.post(
            f"{self._service.config.github_url}/login/oauth/access_token",
            data={
                "client_id": credentials.client_id,
                "client_secret": credentials.client_secret.get_secret_value(),
                "code": code,
            },
            headers={"Accept": "application/json"},
            timeout=TIMEOUT,
        )
        answer.raise_for_status()
        token = answer.json().get("access_token")
        return str(token) if token else None

    def _sees(self, token: str, repository: str) -> bool:
        owner, _, name = repository.partition("/")
        try:
            self._service.app.as_user(token).read(lambda rest: rest.repos.get(owner, name))
        except (NotFound, Refused):
            return False
        return True

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        secure = self._service.config.url.startswith("https://")
        response.set_cookie(name, value, max_age=seconds, httponly=True, secure=secure, samesite="lax")


def link_signer(service: Service) -> URLSafeTimedSerializer:
    key = service.credentials.private_key.get_secret_value().encode()
    return URLSafeTimedSerializer(hashlib.sha256(b"migration link:" + key).hexdigest(), salt="link")


def signed_link(service: Service, id: str, hours: float) -> str:
    """The address of a report for whoever has it, until it runs out."""
    link = link_signer(service).dumps({"id": id, "seconds": int(hours * 3600)})
    return f"{service.config.report_url(id)}?{urlencode({'link': link})}"
