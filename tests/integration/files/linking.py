"""Temporary links as their owners and their visitors ask for them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from fragua.database import writer
from fragua.files.tables import links
from tests.support.accounts import become
from tests.support.backend import Answer, Client, new_client

DATA = b"for whom it is meant"
HOUR = {"expires_in": 3600}
ROBOT = {"user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"}
NOBODY = "019aa3c0-0000-7000-8000-00000000000a"


def sharer() -> Client:
    """Register somebody whose plan allows links."""
    client = new_client()
    become(client, plan="enterprise")
    return client


def of(client: Client, **more: Any) -> str:
    """Bring a file all the way; return its id."""
    file_id: str = client.upload(DATA, file_name="año.txt", **more)["file_id"]
    return file_id


def create(client: Client, file_id: str, body: Any = HOUR, key: str | None = None) -> Answer:
    headers = {"idempotency-key": key} if key else {}
    path = f"/v1/files/{file_id}/links"
    return client.call("files.create_link", "POST", path, body, headers=headers)


def link_to(client: Client, file_id: str, **body: Any) -> dict[str, Any]:
    answer = create(client, file_id, HOUR | body)
    assert answer.status == 201, answer
    made: dict[str, Any] = answer.body
    return made


def page(client: Client, file_id: str, **query: Any) -> dict[str, Any]:
    path = f"/v1/files/{file_id}/links"
    answer = client.call("files.list_links", "GET", path, query=query)
    assert answer.status == 200, answer
    body: dict[str, Any] = answer.body
    return body


def listed(client: Client, file_id: str) -> list[str]:
    return [item["id"] for item in page(client, file_id)["items"]]


def follow(token: str, **headers: str) -> Answer:
    return Client().call("files.follow_link", "GET", f"/l/{token}", headers=headers)


def preview(token: str) -> Answer:
    return Client().call("files.preview_link", "HEAD", f"/l/{token}")


def revoke(client: Client, name: str) -> int:
    return client.call("files.revoke_link", "DELETE", f"/v1/links/{name}").status


def assert_ended(token: str) -> None:
    answers = [follow(token), follow(token, **ROBOT), preview(token)]
    assert [(a.status, a.body["code"]) for a in answers] == [(410, "link_ended")] * 3
    assert not any("location" in answer.headers for answer in answers)


def assert_works(token: str) -> None:
    assert follow(token).status == 302


def edit(link: dict[str, Any], **values: Any) -> None:
    """Change the row of a link, to let time pass."""
    with writer() as db:
        db.execute(links.update().where(links.c.id == UUID(link["id"])).values(values))


def downloads(client: Client, link: dict[str, Any]) -> int:
    items = page(client, link["file_id"])["items"]
    (count,) = [item["downloads"] for item in items if item["id"] == link["id"]]
    assert isinstance(count, int)
    return count


def presigned_seconds(answer: Answer) -> int:
    assert answer.status == 302, answer
    return int(parse_qs(urlsplit(answer.headers["location"]).query)["X-Amz-Expires"][0])
