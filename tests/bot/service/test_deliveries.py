"""The door: what is let in, what is refused, and that nothing that GitHub ever sent makes it fall over."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid

import httpx
import pytest
from npm_packages import package
from world import APP_ID, SECRET, GitHub, ServiceProcess, until


def headers(body: bytes, secret: str = SECRET, **more: str) -> dict[str, str]:
    return {
        "X-GitHub-Event": "push",
        "X-GitHub-Delivery": str(uuid.uuid4()),
        "X-GitHub-Hook-Installation-Target-Type": "integration",
        "X-GitHub-Hook-Installation-Target-ID": str(APP_ID),
        "X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
        "Content-Type": "application/json",
    } | more


def send(service: ServiceProcess, body: bytes, **more: str) -> httpx.Response:
    return httpx.post(f"{service.url}/webhook", content=body, headers=headers(body, **more))


def test_every_recorded_delivery_of_githubs_is_taken_in_and_acted_upon(
    github: GitHub, service: ServiceProcess
) -> None:
    folder = package("@octokit/webhooks-examples@7.6.1")
    index = next(
        path for path in folder.rglob("*.json") if path.name in ("index.json", "api.github.com.json")
    )
    recorded = [
        (one["name"], example) for one in json.loads(index.read_text()) for example in one["examples"]
    ]
    assert len(recorded) == 329
    with httpx.Client() as client:
        for event, example in recorded:
            body = json.dumps(example).encode()
            sent = {**headers(body), "X-GitHub-Event": event}
            assert client.post(f"{service.url}/webhook", content=body, headers=sent).status_code == 202
        until(lambda: "migration_deliveries_waiting 0.0" in client.get(f"{service.url}/metrics").text)
        handled = client.get(f"{service.url}/metrics").text
    assert 'outcome="failed"' not in handled


def test_the_same_delivery_is_kept_once(service: ServiceProcess) -> None:
    body, sent = b"{}", {"X-GitHub-Delivery": str(uuid.uuid4())}
    answers = [
        httpx.post(f"{service.url}/webhook", content=body, headers=headers(body) | sent) for _ in range(2)
    ]
    assert [answer.json()["new"] for answer in answers] == [True, False]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"secret": "another"}, 401),
        ({"X-Hub-Signature-256": ""}, 401),
        ({"X-GitHub-Hook-Installation-Target-ID": "1"}, 403),
        ({"X-GitHub-Delivery": "a\tb"}, 400),
        ({"X-GitHub-Event": "../x"}, 400),
    ],
)
def test_a_forged_or_foreign_delivery_is_refused(
    service: ServiceProcess, changed: dict[str, str], status: int
) -> None:
    assert send(service, b"{}", **changed).status_code == status


def test_a_truncated_body_is_refused(service: ServiceProcess) -> None:
    body = b'{"action": "opened"}'
    answer = httpx.post(f"{service.url}/webhook", content=body[:-3], headers=headers(body))
    assert answer.status_code == 401


def test_what_is_no_json_object_is_refused(service: ServiceProcess) -> None:
    assert [send(service, body).status_code for body in (b"", b"[]", b"\xff", b"payload=%7B%7D")] == [400] * 4


def test_an_oversized_body_is_refused_before_it_is_read(service: ServiceProcess) -> None:
    def pieces():  # type: ignore[no-untyped-def]
        for _ in range(30):
            yield b" " * 1024 * 1024

    try:
        answer = httpx.post(f"{service.url}/webhook", content=pieces(), headers=headers(b""), timeout=20)
    except httpx.WriteError:
        return  # it hung up, which is an answer too
    assert answer.status_code == 413


def test_a_report_is_shown_to_those_only_who_see_its_repository(
    github: GitHub, service: ServiceProcess
) -> None:
    with httpx.Client(base_url=service.url) as client:
        asked = client.get("/reports/none")
        assert (
            asked.status_code == 307
            and "/login/oauth/authorize?client_id=the-client" in asked.headers["location"]
        )
        assert client.get("/signed-in?code=x&state=forged").status_code == 403
        assert client.get("/reports/none?link=forged").status_code == 307


def test_answers_forbid_the_browser_what_it_need_not(service: ServiceProcess) -> None:
    answer = httpx.get(f"{service.url}/healthz")
    assert answer.headers["x-content-type-options"] == "nosniff" and "server" not in answer.headers
