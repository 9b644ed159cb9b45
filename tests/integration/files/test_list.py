"""The list of files: filters, and pages that neither repeat nor skip."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fragua import clock
from tests.support.backend import Client
from tests.support.rows import add_rows, row


def page(client: Client, **query: Any) -> dict[str, Any]:
    answer = client.call("files.list", "GET", "/v1/files", query=query)
    assert answer.status == 200, answer
    body: dict[str, Any] = answer.body
    return body


def names(client: Client, **query: Any) -> list[str]:
    return [item["file_name"] for item in page(client, **query)["items"]]


def named(client: Client, *file_names: str) -> None:
    add_rows([row(client.user_id, file_name=name) for name in file_names])


def test_the_newest_come_first(client: Client) -> None:
    ids = add_rows([row(client.user_id) for _ in range(3)])
    assert [item["id"] for item in page(client)["items"]] == ids


def test_nobody_sees_anothers_files(client: Client, stranger: Client) -> None:
    named(client, "a")
    assert page(stranger) == {"items": [], "next_cursor": None}


def test_pages_hold_every_row_once_though_rows_are_added(client: Client) -> None:
    ids = add_rows([row(client.user_id) for _ in range(7)])
    listed, cursor = [], None
    for _ in range(4):
        body = page(client, limit=2, **({"cursor": cursor} if cursor else {}))
        listed += [item["id"] for item in body["items"]]
        cursor = body["next_cursor"]
        named(client, "added meanwhile")
    assert (listed, cursor) == (ids, None)


def test_pages_hold_every_other_row_though_one_is_deleted(client: Client) -> None:
    ids = add_rows([row(client.user_id) for _ in range(4)])
    first = page(client, limit=2)
    client.call("files.delete", "DELETE", f"/v1/files/{ids[1]}")
    rest = page(client, limit=2, cursor=first["next_cursor"])
    assert [item["id"] for item in rest["items"]] == ids[2:]


def test_a_full_last_page_has_no_cursor(client: Client) -> None:
    add_rows([row(client.user_id) for _ in range(2)])
    assert page(client, limit=2)["next_cursor"] is None


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("report", {"Report 1.pdf", "report_2.pdf"}),
        ("REPORT_", {"report_2.pdf"}),
        ("r%", set()),
        ("_eport", set()),
        ("100%", {"100% sure.txt"}),
        ("\\", set()),
        ("straß", {"STRASSE.txt", "straße 2.txt"}),
        ("año", {"Año.txt"}),
        (
            "",
            {
                "Report 1.pdf",
                "report_2.pdf",
                "100% sure.txt",
                "STRASSE.txt",
                "straße 2.txt",
                "Año.txt",
            },
        ),
    ],
)
def test_a_name_is_found_by_its_beginning_in_any_case_literally(
    client: Client, prefix: str, found: set[str]
) -> None:
    named(client, "Report 1.pdf", "report_2.pdf", "100% sure.txt")
    named(client, "STRASSE.txt", "straße 2.txt", "Año.txt")
    assert set(names(client, name=prefix)) == found


def test_a_type_and_a_bucket_are_filters_too(client: Client) -> None:
    add_rows(
        [
            row(client.user_id, file_name="p", content_type="Image/PNG"),
            row(client.user_id, file_name="t", content_type="text/plain"),
            row(client.user_id, file_name="b", bucket="backups"),
        ]
    )
    assert names(client, content_type="image/") == ["p"]
    assert names(client, bucket="backups") == ["b"]
    assert names(client, bucket="default", content_type="text/") == ["t"]


def test_after_is_inclusive_and_before_is_not(client: Client) -> None:
    moment = datetime(2026, 11, 20, 12, tzinfo=UTC)
    for offset in (-1, 0, 1):
        made = clock.first_id_at(moment + timedelta(seconds=offset))
        add_rows([row(client.user_id, id=made_unique(made, client), file_name=str(offset))])
    at = "2026-11-20T12:00:00Z"
    assert names(client, created_after=at) == ["1", "0"]
    assert names(client, created_before=at) == ["-1"]
    assert names(client, created_after=at, created_before="2026-11-20T13:00:01+01:00") == ["0"]


def made_unique(first: Any, client: Client) -> Any:
    """Keep an id's time, and make the rest the user's own."""
    tail = int(client.user_id.replace("-", ""), 16) & (2**62 - 1)
    return type(first)(int=first.int | 0x7 << 76 | 0x2 << 62 | tail)


def test_the_time_of_a_file_is_the_time_that_its_filters_compare(client: Client) -> None:
    client.upload(b"x")
    (file,) = page(client)["items"]
    assert names(client, created_after=file["created_at"]) == ["a.bin"]
    assert names(client, created_before=file["created_at"]) == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": 0}, "/limit"),
        ({"limit": 201}, "/limit"),
        ({"cursor": "x"}, "/cursor"),
        ({"created_after": "yesterday"}, "/created_after"),
        ({"created_before": "2026-11-20T12:00:00"}, "/created_before"),
        ({"name": "n" * 256}, "/name"),
        ({"name": "a\x00"}, "/name"),
        ({"bucket": "\x00"}, "/bucket"),
        ({"content_type": "\x00"}, "/content_type"),
    ],
    ids=str,
)
def test_a_query_that_is_none_is_422(client: Client, query: dict[str, Any], pointer: str) -> None:
    answer = client.call("files.list", "GET", "/v1/files", query=query)
    assert answer.status == 422
    assert [error["pointer"] for error in answer.body["errors"]] == [pointer]


@pytest.mark.parametrize("year", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"])
def test_the_ends_of_time_are_times(client: Client, year: str) -> None:
    named(client, "a")
    after, before = names(client, created_after=year), names(client, created_before=year)
    assert sorted([after, before]) == [[], ["a"]]
