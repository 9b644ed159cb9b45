"""Fragments that came through the API: a sign of life, and gone when their upload ends."""

from __future__ import annotations

import time
from typing import Any

import pytest

from fragua.settings import settings
from tests.integration.uploads.test_expiry import DAY, give_up, item, seen, sweep
from tests.integration.uploads.test_progress import abort, presign
from tests.support.backend import Client, received
from tests.support.relay import fragment_keys
from tests.support.tables import age, change, committed

FRAGMENT = 4000
DATA = b"fragua " * 1000


@pytest.fixture
def upload(client: Client) -> dict[str, Any]:
    """A relayed upload of two fragments that was begun over a day ago; the first has arrived."""
    new = {"file_name": "a", "size": len(DATA), "mode": "relay", "fragment_size": FRAGMENT}
    (begun,) = client.create(new)
    assert client.put(begun, 1, DATA[:FRAGMENT]).status == 204
    seen(client, begun, DAY + 61)
    return begun


def silent(upload: dict[str, Any]) -> None:
    """Let the fragment have arrived when the upload was begun."""
    key = {"upload_id": upload["id"], "number": 1}
    change(settings().fragments_table, key, arrived_at=time.time() - DAY - 61)


def test_a_fragment_is_a_sign_of_life_for_the_next_one(
    client: Client, upload: dict[str, Any]
) -> None:
    assert client.put(upload, 2, DATA[FRAGMENT:]).status == 204
    assert item(client, upload)["seen_at"] > time.time() - 60
    assert client.complete(upload).status == 202


def test_a_fragment_is_a_sign_of_life_for_the_sweeper(
    client: Client, upload: dict[str, Any]
) -> None:
    sweep()
    assert client.get(upload)["status"] == "receiving"
    assert len(fragment_keys(client, upload)) == 1
    assert item(client, upload)["due_at"] > time.time() + DAY - 60


def test_nothing_comes_late_into_a_silent_upload(client: Client, upload: dict[str, Any]) -> None:
    silent(upload)
    refused = client.put(upload, 2, DATA[FRAGMENT:])
    assert (refused.status, refused.body["code"]) == (410, "upload_expired")
    assert len(fragment_keys(client, upload)) == 1


def test_the_sweeper_drops_the_fragments_of_a_silent_upload(
    client: Client, upload: dict[str, Any]
) -> None:
    silent(upload)
    assert sweep() >= 1
    assert client.get(upload)["status"] == "expired"
    assert (fragment_keys(client, upload), committed(client)) == ([], 0)


def test_who_aborts_a_silent_upload_ends_it_as_it_was_shown(
    client: Client, upload: dict[str, Any]
) -> None:
    silent(upload)
    assert client.get(upload)["status"] == "expired"
    assert abort(client, upload).status == 204
    assert client.get(upload)["status"] == "expired"
    assert (fragment_keys(client, upload), committed(client)) == ([], 0)


def test_a_silent_upload_has_no_urls_all_the_same(client: Client, upload: dict[str, Any]) -> None:
    silent(upload)
    refused = presign(client, upload, 1)
    assert (refused.status, refused.body["code"]) == (409, "not_direct")


def test_the_last_try_packs_and_drops_the_fragments(client: Client, upload: dict[str, Any]) -> None:
    assert client.put(upload, 2, DATA[FRAGMENT:]).status == 204
    assert client.complete(upload).status == 202
    received()
    give_up(client, upload)
    assert client.get(upload)["status"] == "ready"
    assert (fragment_keys(client, upload), committed(client)) == ([], len(DATA))


def test_the_last_try_drops_the_fragments_of_what_can_be_no_file(
    client: Client, upload: dict[str, Any]
) -> None:
    assert client.put(upload, 2, DATA[FRAGMENT:]).status == 204
    assert client.complete(upload).status == 202
    received()
    age(client, upload, checksums={"crc32": "AAAAAA=="})
    give_up(client, upload)
    assert client.get(upload)["failure"]["code"] == "checksum_mismatch"
    assert (fragment_keys(client, upload), committed(client)) == ([], 0)
