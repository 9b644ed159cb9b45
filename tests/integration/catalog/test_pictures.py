"""Pictures of products: the editor's own when they are added, shown to everybody when ready."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.integration.images.support import delete as delete_file
from tests.integration.images.support import made as developed
from tests.integration.images.support import uploaded
from tests.support.backend import Client
from tests.support.catalog import change, create, get, history, made, new_admin


@pytest.fixture
def admin(backend: dict[str, str]) -> Client:
    return new_admin()


@pytest.fixture
def visitor(backend: dict[str, str]) -> Client:
    """Somebody without an account."""
    return Client()


def pointers(answer: Any) -> list[str]:
    assert answer.status == 422, answer
    return [error["pointer"] for error in answer.body["errors"]]


def test_everybody_sees_the_thumbnails_in_the_order_that_the_editor_gave(
    admin: Client, visitor: Client
) -> None:
    one, two = developed(admin), developed(admin)
    product = made(admin, image_file_ids=[two, one])
    shown = get(visitor, product["sku"]).body
    assert shown["image_file_ids"] == [two, one]
    assert [picture["file_id"] for picture in shown["images"]] == [two, one]
    (thumbnail,) = shown["images"][0]["thumbnails"]
    assert (thumbnail["height"], thumbnail["content_type"]) == (200, "image/webp")
    assert httpx.get(thumbnail["url"]).status_code == 200
    listed = visitor.call("catalog.list", "GET", "/v1/products", query={"limit": "200"}).body
    (found,) = [each for each in listed["items"] if each["sku"] == product["sku"]]
    # All URLs of a long list would be more than Lambda answers: there is the first one alone.
    assert [picture["file_id"] for picture in found["images"]] == [two]
    assert "original_url" not in json.dumps(shown)


def test_a_product_without_pictures_that_are_ready_shows_none(
    admin: Client, visitor: Client
) -> None:
    product = made(admin, image_file_ids=[uploaded(admin)])
    assert "images" not in product
    assert "images" not in get(visitor, product["sku"]).body


def test_a_picture_that_was_deleted_is_not_shown_and_the_product_stays(
    admin: Client, visitor: Client
) -> None:
    file_id = developed(admin)
    product = made(admin, image_file_ids=[file_id])
    assert delete_file(admin, file_id) == 204
    shown = get(visitor, product["sku"]).body
    assert (shown["image_file_ids"], shown["version"]) == ([file_id], 1)
    assert "images" not in shown
    # And it may stay there when something else is changed, but not be added anew.
    assert change(admin, product, name="Other", image_file_ids=[file_id]).status == 200
    assert pointers(create(admin, image_file_ids=[file_id])) == ["/image_file_ids/0"]


def test_what_is_no_picture_of_the_editors_can_not_be_added(admin: Client) -> None:
    other = new_admin()
    mine, theirs, text = developed(admin), developed(other), uploaded(admin, b"no picture")
    ids = [mine, theirs, text, "019aa3c0-0000-7000-8000-00000000dead"]
    places = ["/image_file_ids/1", "/image_file_ids/2", "/image_file_ids/3"]
    assert pointers(create(admin, image_file_ids=ids)) == places
    product = made(admin, image_file_ids=[mine])
    assert pointers(change(admin, product, image_file_ids=ids)) == places
    assert get(admin, product["sku"]).body["version"] == 1


def test_another_editor_leaves_the_pictures_that_are_there(admin: Client) -> None:
    other = new_admin()
    first, second = developed(admin), developed(other)
    product = made(admin, image_file_ids=[first])
    answer = change(other, product, image_file_ids=[second, first])
    assert (answer.status, answer.body["updated_by"]) == (200, other.user_id)
    assert history(admin, product["sku"])[0]["changes"] == {
        "image_file_ids": [[first], [second, first]]
    }
