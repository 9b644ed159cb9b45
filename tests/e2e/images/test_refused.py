"""Bytes that are no picture, and pictures that can't be shown."""

from base64 import b64decode
from typing import Any

import pytest

from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.images import ask, developed, listed, sizes
from tests.e2e.support.people import Person, register
from tests.e2e.support.pictures import bomb, drawn, header
from tests.e2e.support.sending import Json, download, publish, publish_all
from tests.e2e.support.shapes import IMAGE, assert_shape

OTHERS: dict[str, bytes] = {
    "nothing": b"",
    "a byte": b"\x89",
    "text": b"This is a picture. Trust me.",
    "zeros": bytes(1000),
    "HTML": b"<!doctype html><img src=x onerror=alert(1)>",
    "a PDF": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n",
    "a ZIP": b"PK\x05\x06" + bytes(18),
    "a program": b"\x7fELF\x02\x01\x01" + bytes(57),
}
JPEG = drawn(700, 500, quality=95)
BROKEN: dict[str, bytes] = {
    "a bomb": bomb(),
    "a JPEG cut short": JPEG[: len(JPEG) // 2],
    "a JPEG's beginning": JPEG[:20],
    "a PNG's beginning": header(300, 300),
    "a PNG cut short": drawn(300, 300, "PNG", compress_level=0)[:100_000],
    "a PNG of nothing": header(0, 0),
    "a PNG of noise": header(300, 300) + b64decode("AAECAwQFBgcICQoL") * 100,
    "a GIF's beginning": b"GIF89a" + bytes(7),
}


@pytest.fixture(scope="module")
def joker(base_url: str) -> Person:
    """Somebody who uploads what is no picture as one, and broken ones."""
    return register(base_url)


@pytest.fixture(scope="module")
def files(joker: Person) -> dict[str, Json]:
    """All of it in files that are called pictures, and a good one at the end."""
    fields = {"file_name": "holiday.png", "content_type": "image/png"}
    contents = {**OTHERS, **BROKEN, "good": JPEG}
    made = publish_all(joker, [(fields, data) for data in contents.values()])
    return dict(zip(contents, made, strict=True))


def says_something(refusal: Any) -> bool:
    """Whether there is a reason in it that an owner can read."""
    reason = refusal["detail"] if isinstance(refusal, dict) else refusal
    return isinstance(reason, str) and len(reason.split()) >= 3


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_picture_is_no_image(joker: Person, files: dict[str, Json], name: str) -> None:
    expect_problem(ask(joker, files[name]), 404)
    assert files[name]["id"] not in [image["file_id"] for image in listed(joker)]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_picture_is_refused_with_a_reason(
    joker: Person, files: dict[str, Json], name: str
) -> None:
    image = developed(joker, files[name])
    assert_shape(image, IMAGE, "refusal", "original_url")
    assert (image["status"], image["thumbnails"]) == ("refused", [])
    assert says_something(image["refusal"]), image
    assert "traceback" not in str(image["refusal"]).lower()
    assert "/tmp" not in str(image["refusal"])  # noqa: S108 - a path that must not be told


def test_the_next_picture_is_shown_all_the_same(joker: Person, files: dict[str, Json]) -> None:
    assert sizes(developed(joker, files["good"])) == [(280, 200)]


def test_a_refused_picture_is_in_the_list_and_stays_a_file(
    joker: Person, files: dict[str, Json]
) -> None:
    for name in BROKEN:
        developed(joker, files[name])
    told = {image["file_id"]: image["status"] for image in listed(joker)}
    assert {files[name]["id"] for name in [*BROKEN, "good"]} == told.keys()
    assert {told[files[name]["id"]] for name in BROKEN} == {"refused"}
    for name, data in BROKEN.items():
        assert download(joker, files[name]["id"]).content == data


def test_a_refused_picture_can_be_deleted(joker: Person) -> None:
    file = publish(joker, header(100, 100))
    assert developed(joker, file)["status"] == "refused"
    assert joker.http.delete(f"/v1/files/{file['id']}").status_code == 204
    expect_problem(ask(joker, file), 404)
    assert file["id"] not in [image["file_id"] for image in listed(joker)]
