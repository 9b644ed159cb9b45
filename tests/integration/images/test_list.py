"""The list of pictures: newest first, page by page, and cheap among many other files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from fragua.database import writer
from fragua.images import service
from fragua.images.tables import images
from tests.integration.images.support import (
    broken,
    delete,
    made,
    own_plan,
    shown,
    uploaded,
)
from tests.support.backend import Client, new_client
from tests.support.rows import add_rows, row
from tests.support.statements import explain, statements

INDEX = "files_owner_id_id_pictures_idx"
# Of so many files every 10th is a picture.
ROWS, EVERY = 20_000, 10


def page(client: Client, **query: Any) -> dict[str, Any]:
    answer = client.call("images.list", "GET", "/v1/images", query=query)
    assert answer.status == 200, answer
    body: dict[str, Any] = answer.body
    return body


def pictures(client: Client, count: int) -> list[str]:
    """Make files that are pictures, as far as their rows tell; return the ids, newest first."""
    return add_rows([row(client.user_id, detected_type="image/png") for _ in range(count)])


def ids(body: dict[str, Any]) -> list[str]:
    return [item["file_id"] for item in body["items"]]


def test_the_newest_come_first_whatever_became_of_them(client: Client) -> None:
    ready, refused, new = made(client), made(client, broken()), uploaded(client)
    uploaded(client, b"no picture")
    body = page(client)
    assert ids(body) == [new, refused, ready]
    assert [item["status"] for item in body["items"]] == ["processing", "refused", "ready"]


def test_an_image_is_the_same_in_the_list_and_alone(client: Client) -> None:
    own_plan(client, 200, 400, original_link=True)
    file_id = made(client)
    (listed,) = page(client, format="jpeg")["items"]
    alone = shown(client, file_id, format="jpeg")
    assert without_signatures(listed) == without_signatures(alone)
    assert [each["content_type"] for each in listed["thumbnails"]] == ["image/jpeg"] * 2


def without_signatures(image: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is signed anew each time."""
    thumbnails = [{**each, "url": each["url"].partition("?")[0]} for each in image["thumbnails"]]
    original = image["original_url"].partition("?")[0]
    return {**image, "thumbnails": thumbnails, "original_url": original}


def test_pages_hold_every_picture_once_though_some_are_added_and_deleted(client: Client) -> None:
    known = pictures(client, 7)
    listed, cursor = [], None
    for number in range(4):
        body = page(client, limit=2, **({"cursor": cursor} if cursor else {}))
        listed += ids(body)
        cursor = body["next_cursor"]
        pictures(client, 1)
        assert delete(client, known[number]) == 204
    assert (listed, cursor) == (known, None)


def test_a_full_last_page_has_no_cursor(client: Client) -> None:
    pictures(client, 2)
    assert page(client, limit=2)["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": 0}, "/limit"),
        ({"limit": 201}, "/limit"),
        ({"cursor": "x"}, "/cursor"),
        ({"format": "gif"}, "/format"),
        ({"format": "WEBP"}, "/format"),
        ({"format": ""}, "/format"),
    ],
    ids=str,
)
def test_a_query_that_is_none_is_422(client: Client, query: dict[str, Any], pointer: str) -> None:
    answer = client.call("images.list", "GET", "/v1/images", query=query)
    assert answer.status == 422
    assert [error["pointer"] for error in answer.body["errors"]] == [pointer]


@pytest.fixture(scope="module")
def owner(backend: dict[str, str]) -> Client:
    """Somebody with many files and some pictures, among others who have the same."""
    clients = [new_client(), new_client()]
    for client in clients:
        kinds = ["image/png" if n % EVERY == 0 else None for n in range(ROWS // 2)]
        add_rows([row(client.user_id, detected_type=kind) for kind in kinds])
    with writer() as db:
        size = {"width": 60, "height": 500}
        seen = {"status": "ready", "heights": [200], "thumbnails": [], **size}
        known = sa.text("select id from files where detected_type = 'image/png'")
        found = db.execute(known).scalars().all()
        add = insert(images).on_conflict_do_nothing()
        db.execute(add, [{"file_id": file_id, **seen} for file_id in found])
        db.execute(sa.text("analyze files, images"))
    return clients[0]


def planned(owner: Client, after: UUID | None) -> list[dict[str, Any]]:
    """Ask for a page; return the nodes of the plan that PostgreSQL made for it."""
    with statements() as sent:
        items, _ = service.page(UUID(owner.user_id), 50, after, "webp")
    assert len(items) == 50
    (listing,) = [each for each in sent if "LIMIT" in each[0]]
    return explain(*listing)


@pytest.mark.parametrize("pages", [0, 3])
def test_a_page_is_read_from_the_index_of_pictures_wherever_it_is(
    owner: Client, pages: int
) -> None:
    after: UUID | None = None
    for _ in range(pages):
        _, after = service.page(UUID(owner.user_id), 50, after, "webp")
    plan = planned(owner, after)
    # Where most files are the owner's, as a table of few people may have it, both cost the same.
    assert {INDEX, "files_pkey"} & {node.get("Index Name") for node in plan}
    assert not any(node["Node Type"] in ("Sort", "Seq Scan") for node in plan)
    assert max(node["Actual Rows"] * node["Actual Loops"] for node in plan) <= 51


def test_nothing_more_is_asked_however_many_pictures_there_are(owner: Client) -> None:
    with statements() as sent:
        service.page(UUID(owner.user_id), 200, None, "webp")
    # The plan, and the pictures.
    assert len(sent) == 2
