"""A thin front before ``emulate``: what it lacks of GitHub, faults on demand, and the guard over every request.

It adds: commits' tarballs, the moving head of a pull request and its ``synchronize``, reactions, roles, appended
annotations, deliveries with GUIDs and their redelivery, merge groups, the App's hook and manifest conversions. It holds no opinion of its own about
what a right request is: that is GitHub's description (openapi_guard.py).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import re
import tarfile
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import unified_diff
from typing import Any

import httpx
import uvicorn
from openapi_guard import Guard
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

MILLISECONDS = re.compile(rb"(\d\d:\d\d:\d\d)\.\d{3}Z")
REPO = r"/repos/(?P<owner>[^/]+)/(?P<repo>[^/]+)"


@dataclass
class Asked:
    """One request of the service."""

    method: str
    path: str
    body: Any


@dataclass
class Fault:
    """What is answered instead, to so many of the requests that match."""

    method: str
    path: str
    response: Callable[[], Response]
    times: int = 1
    after: bool = False
    """Whether the request is carried out first: the answer is lost, not the deed."""


@dataclass
class State:
    roles: dict[str, str] = field(default_factory=dict)
    reactions: list[tuple[int, str]] = field(default_factory=list)
    annotations: dict[str, list[Any]] = field(default_factory=dict)
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    redelivered: list[int] = field(default_factory=list)
    sent: dict[int, tuple[str, bytes, str]] = field(default_factory=dict)
    """Delivery → event, body, GUID."""
    loses: bool = False
    """Whether deliveries vanish, and GitHub's list of them knows nothing."""
    asked: list[Asked] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    line_comments: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Number of a pull request → review comments on lines, which emulate takes only in the older form (``position``)."""
    read_only: set[str] = field(default_factory=set)
    """Tokens of jobs that may only read, as GitHub gives them to pull requests from forks."""
    made_by: dict[int, str] = field(default_factory=dict)
    """Check run → slug of the App whose token made it."""
    sees: dict[str, set[str]] = field(default_factory=dict)
    """User token → repositories that it can read."""


class Front:
    def __init__(self, emulate: str, guard: Guard, secret: str, app_id: int, slug: str, admin: str):
        self.state = State()
        self.target = ""
        """The service's webhook address."""
        self.secret = secret
        self.app_id = app_id
        self.slug = slug
        self.port_of_asker = 0
        self._admin = {"Authorization": f"token {admin}"}
        self._guard = guard
        self._emulate = httpx.Client(base_url=emulate, timeout=30)
        self._lock = threading.Lock()
        routes = [
            Route("/hook", self._hook, methods=["POST"]),
            Route("/{path:path}", self._any, methods=["GET", "POST", "PATCH", "PUT", "DELETE"]),
        ]
        config = uvicorn.Config(Starlette(routes=routes), port=0, log_level="warning", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def start(self) -> str:
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.02)
        self.url = f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"
        return self.url

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._emulate.close()

    # ── the service asks

    async def _any(self, request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        return await run_in_threadpool(self._answer, request, await request.body())

    def _answer(self, request: Request, body: bytes) -> Response:
        method, path, query = request.method, request.url.path, request.url.query
        is_form = path.startswith("/login/")
        parsed = dict(QueryParams(body.decode())) if is_form else json.loads(body) if body else None
        with self._lock:
            self.state.asked.append(Asked(method, path, parsed))
            if not is_form:
                self.state.violations += self._guard.violations(method, path, query, body)
            fault = self._fault(method, path)
        self.port_of_asker = request.client.port if request.client else 0
        if fault and not fault.after:
            return fault.response()
        response = self._own(method, path, parsed, request) or self._pass_on(request, body, parsed)
        return fault.response() if fault else response

    def _fault(self, method: str, path: str) -> Fault | None:
        for fault in self.state.faults:
            if fault.times and fault.method == method and re.search(fault.path, path):
                fault.times -= 1
                return fault
        return None

    def _own(self, method: str, path: str, body: Any, request: Request) -> Response | None:
        if method != "GET" and _token(request) in self.state.read_only:
            return JSONResponse({"message": "Resource not accessible by integration"}, 403)
        if match := re.fullmatch(f"{REPO}/tarball/(?P<sha>.+)", path):
            return self._tarball(**match.groupdict())
        if match := re.fullmatch(rf"{REPO}/issues/comments/(\d+)/reactions", path):
            self.state.reactions.append((int(match[3]), body["content"]))
            return JSONResponse({"id": 1, "content": body["content"]}, 201)
        if match := re.fullmatch(f"{REPO}/collaborators/([^/]+)/permission", path):
            return self._permission(match[3])
        if match := re.fullmatch(rf"{REPO}/pulls/(\d+)/files", path):
            return JSONResponse(self._pull_files(match["owner"], match["repo"], match[3]))
        if match := re.fullmatch(rf"{REPO}/pulls/(\d+)/comments", path):
            return self._line_comments(match["owner"], match["repo"], match[3], method, body)
        if path == "/app/hook/deliveries":
            return JSONResponse(list(reversed(self.state.deliveries)))
        if match := re.fullmatch(r"/app/hook/deliveries/(\d+)/attempts", path):
            self.state.redelivered.append(int(match[1]))
            self.deliver(*self.state.sent[int(match[1])])
            return JSONResponse({}, 202)
        if path == "/app/hook/config":
            return JSONResponse({"url": self.target})
        if re.fullmatch("/app-manifests/[^/]+/conversions", path):
            return JSONResponse(self._made_app(), 201)
        if path == "/installation/repositories":
            repositories = self.emulate("GET", "/user/repos")
            return JSONResponse({"total_count": len(repositories), "repositories": repositories})
        if path == "/login/oauth/access_token":
            return JSONResponse({"access_token": f"user-of-{body['code']}"})
        token = _token(request)
        if token in self.state.sees and (match := re.fullmatch(REPO, path)):
            seen = f"{match['owner']}/{match['repo']}" in self.state.sees[token]
            return JSONResponse(
                {"full_name": "x"} if seen else {"message": "Not Found"}, 200 if seen else 404
            )
        return None

    def _pass_on(self, request: Request, body: bytes, parsed: Any) -> Response:
        headers = {
            name: value
            for name, value in request.headers.items()
            if name in ("authorization", "accept", "content-type")
        }
        answer = self._emulate.request(
            request.method, request.url.path, params=request.url.query, content=body, headers=headers
        )
        content = MILLISECONDS.sub(rb"\1Z", answer.content)
        if answer.is_success and content:
            content = json.dumps(self._mended(request, json.loads(content), parsed)).encode()
        passed = {name: answer.headers[name] for name in ("content-type", "link") if name in answer.headers}
        return Response(content, answer.status_code, passed)

    def _mended(self, request: Request, answer: Any, body: Any) -> Any:
        path = request.url.path
        if re.fullmatch(rf"{REPO}/pulls/\d+", path):
            return self._with_head(answer)
        if re.fullmatch(f"{REPO}/pulls", path) and isinstance(answer, list):
            return [self._with_head(one) for one in answer]
        if re.fullmatch(rf"{REPO}/check-runs(/\d+)?", path):
            if request.method == "POST":
                self.state.made_by[answer["id"]] = self._slug_of(_token(request))
            return self._with_annotations(answer, body)
        if re.fullmatch(f"{REPO}/commits/[^/]+/check-runs", path):
            runs = [self._with_app(run) for run in answer["check_runs"]]
            return {**answer, "check_runs": runs}
        if re.fullmatch(rf"{REPO}/issues/\d+/comments", path) and isinstance(answer, list):
            return [{**one, "user": _with_type(one["user"])} for one in answer]
        return answer

    def _with_head(self, pull: dict[str, Any]) -> dict[str, Any]:
        """Its branch's newest commit, where emulate keeps the one of the beginning."""
        repository = pull["head"]["repo"]["full_name"]
        tip = self.emulate("GET", f"/repos/{repository}/git/ref/heads/{pull['head']['ref']}")["object"]["sha"]
        return {**pull, "head": {**pull["head"], "sha": tip}}

    def _slug_of(self, token: str) -> str:
        return "github-actions" if token.startswith("actions-") else self.slug

    def _with_app(self, run: dict[str, Any]) -> dict[str, Any]:
        """Which App made it, where emulate says nothing."""
        return {**run, "app": {"slug": self.state.made_by.get(run["id"], "another")}}

    def _with_annotations(self, run: dict[str, Any], body: Any) -> dict[str, Any]:
        """GitHub appends those of each request."""
        kept = self.state.annotations.setdefault(str(run["id"]), [])
        kept += ((body or {}).get("output") or {}).get("annotations") or []
        return {**run, "output": {**(run.get("output") or {}), "annotations_count": len(kept)}}

    def _permission(self, login: str) -> Response:
        role = self.state.roles.get(login)
        if role is None:
            return JSONResponse({"message": "Not Found"}, 404)
        coarse = {"maintain": "write", "triage": "read"}.get(role, role)
        return JSONResponse({"permission": coarse, "role_name": role, "user": None})

    def _pull_files(self, owner: str, repo: str, number: str) -> list[dict[str, Any]]:
        """The files of a pull request with their patches, where emulate has made-up names."""
        place = f"/repos/{owner}/{repo}"
        pull = self._with_head(self.emulate("GET", f"{place}/pulls/{number}"))
        before, after = (self._texts(place, pull[side]["sha"]) for side in ("base", "head"))
        return [
            {
                "filename": path,
                "status": "modified" if path in before else "added",
                "patch": "\n".join(
                    [*unified_diff(before.get(path, "").splitlines(), text.splitlines(), lineterm="")][2:]
                ),
            }
            for path, text in after.items()
            if before.get(path) != text
        ]

    def _texts(self, place: str, sha: str) -> dict[str, str]:
        tree = self.emulate("GET", f"{place}/git/trees/{sha}?recursive=1")["tree"]
        blobs = {entry["path"]: entry["sha"] for entry in tree if entry["type"] == "blob"}
        bodies = {path: self.emulate("GET", f"{place}/git/blobs/{blob}") for path, blob in blobs.items()}
        return {path: base64.b64decode(body["content"]).decode() for path, body in bodies.items()}

    def _line_comments(self, owner: str, repo: str, number: str, method: str, body: Any) -> Response:
        """ "Create a review comment for a pull request": ``line`` counts in the file at ``commit_id``, and the range
        that it ends begins before it."""
        kept = self.state.line_comments.setdefault(number, [])
        if method == "GET":
            return JSONResponse(kept)
        place = f"/repos/{owner}/{repo}/contents/{body['path']}?ref={body['commit_id']}"
        lines = base64.b64decode(self.emulate("GET", place)["content"]).decode().splitlines()
        if not (body["side"] == "RIGHT" and body.get("start_line", 0) < body["line"] <= len(lines)):
            return JSONResponse({"message": "Validation Failed"}, 422)
        kept.append({"id": len(kept) + 1, "user": {"login": "the-app"}, **body})
        return JSONResponse(kept[-1], 201)

    def _tarball(self, owner: str, repo: str, sha: str) -> Response:
        commit = self.emulate("GET", f"/repos/{owner}/{repo}/git/commits/{sha}")
        tree = self.emulate("GET", f"/repos/{owner}/{repo}/git/trees/{commit['tree']['sha']}?recursive=1")
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            for entry in tree["tree"]:
                if entry["type"] == "blob":
                    blob = self.emulate("GET", f"/repos/{owner}/{repo}/git/blobs/{entry['sha']}")
                    content = base64.b64decode(blob["content"])
                    info = tarfile.TarInfo(f"{owner}-{repo}-{sha[:7]}/{entry['path']}")
                    info.size = len(content)
                    archive.addfile(info, io.BytesIO(content))
        return Response(buffer.getvalue(), media_type="application/x-gzip")

    def _made_app(self) -> dict[str, Any]:
        return {
            "id": 77,
            "slug": "made",
            "pem": "-----BEGIN RSA PRIVATE KEY-----\nmade\n-----END RSA PRIVATE KEY-----\n",
            "webhook_secret": "made-webhook-secret",
            "client_id": "made-client",
            "client_secret": "made-client-secret",
            "html_url": "https://github.test/apps/made",
        }

    # ── GitHub tells the service

    async def _hook(self, request: Request) -> Response:
        """What emulate sends goes on with what GitHub's deliveries have."""
        from starlette.concurrency import run_in_threadpool

        body, event = await request.body(), request.headers["x-github-event"]
        await run_in_threadpool(self._deliver_mended, event, json.loads(body))
        return Response(status_code=200)

    def _deliver_mended(self, event: str, payload: dict[str, Any]) -> None:
        """An issue that is a pull request says so on GitHub, and emulate's does not."""
        if event == "issue_comment":
            issue = f"/repos/{payload['repository']['full_name']}/pulls/{payload['issue']['number']}"
            if self._emulate.get(issue, headers=self._admin).is_success:
                payload["issue"]["pull_request"] = {"url": issue}
        self.deliver(event, payload)

    def deliver(self, event: str, payload: bytes | dict[str, Any], guid: str = "") -> httpx.Response | None:
        """Signed; None when the service does not answer, which GitHub notes and does not try again."""
        if self.state.loses:
            return None
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        body = MILLISECONDS.sub(rb"\1Z", body)
        guid = guid or str(uuid.uuid4())
        signature = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": guid,
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            "X-GitHub-Hook-Installation-Target-ID": str(self.app_id),
            "X-Hub-Signature-256": f"sha256={signature}",
            "Content-Type": "application/json",
        }
        try:
            answer = httpx.post(self.target, content=body, headers=headers, timeout=10)
        except httpx.HTTPError:
            answer = None
        delivery: dict[str, Any] = {"id": len(self.state.deliveries) + 1, "guid": guid, "event": event}
        self.state.sent[delivery["id"]] = (event, body, guid)
        self.state.deliveries.append({**delivery, "status_code": answer.status_code if answer else 0})
        return answer

    # ── the test looks and acts

    def emulate(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        """Past the service and the guard, as a person or an administrator."""
        headers = {"Authorization": f"token {token}"} if token else self._admin
        answer = self._emulate.request(method, path, json=body, headers=headers)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        return json.loads(MILLISECONDS.sub(rb"\1Z", answer.content)) if answer.content else None


def _token(request: Request) -> str:
    return request.headers.get("authorization", "").split(" ")[-1]


def _with_type(user: dict[str, Any]) -> dict[str, Any]:
    """Accounts of Apps are bots."""
    return {**user, "type": "Bot" if user["login"].endswith("[bot]") else user.get("type", "User")}
