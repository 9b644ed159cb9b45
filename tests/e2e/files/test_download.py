"""GET /v1/files/{id}/download."""

import pytest

from tests.e2e.support.clients import store
from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.disposition import parse
from tests.e2e.support.names import GOOD_NAMES
from tests.e2e.support.people import Person
from tests.e2e.support.pictures import png
from tests.e2e.support.sending import Json, download, publish, publish_all
from tests.e2e.support.shapes import assert_shape, seconds_from_now, text, time

DATA = bytes(range(256)) * 40
ACTIVE = {
    "text/html": b"<!doctype html><script>alert(1)</script>",
    "image/svg+xml": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "application/xhtml+xml": b'<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
    "text/xml": b'<?xml version="1.0"?><a/>',
    "text/javascript": b"alert(1)",
    "TEXT/HTML; charset=utf-8": b"<html><script>alert(1)</script></html>",
}
HIDDEN = {"hidden HTML": "text/html", "hidden SVG": "image/svg+xml"}


@pytest.fixture(scope="module")
def file(ana: Person) -> Json:
    """A file of ten kilobytes."""
    return publish(ana, DATA, file_name="ten kilobytes.bin")


def path(file: Json) -> str:
    """The file's download."""
    return f"/v1/files/{file['id']}/download"


def disposition(person: Person, file: Json, **query: str) -> tuple[str, str | None]:
    """How a browser would be told to treat the bytes, and their name."""
    return parse(download(person, file["id"], **query).headers["content-disposition"])


def test_a_download_redirects_to_the_bytes(ana: Person, file: Json) -> None:
    answer = ana.http.get(path(file))
    assert answer.status_code == 302
    found = store().get(answer.headers["location"])
    assert (found.status_code, found.content) == (200, DATA)


def test_a_download_is_an_attachment_with_the_files_name(ana: Person, file: Json) -> None:
    assert disposition(ana, file) == ("attachment", "ten kilobytes.bin")


def test_a_download_without_redirect_is_a_url(ana: Person, file: Json) -> None:
    answer = ana.http.get(path(file), params={"redirect": "false"})
    assert answer.status_code == 200
    assert_shape(answer.json(), {"url": text, "expires_at": time})
    assert 0 < seconds_from_now(answer.json()["expires_at"]) <= 300
    assert store().get(answer.json()["url"]).content == DATA


def test_redirect_true_is_the_default(ana: Person, file: Json) -> None:
    answer = ana.http.get(path(file), params={"redirect": "true", "inline": "false"})
    assert answer.status_code == 302
    assert parse(store().get(answer.headers["location"]).headers["content-disposition"])[0] == (
        "attachment"
    )


@pytest.mark.parametrize(
    ("asked", "first", "last"), [("0-9", 0, 9), ("5000-5999", 5000, 5999), ("-10", 10230, 10239)]
)
def test_a_part_of_the_bytes_can_be_had(
    ana: Person, file: Json, asked: str, first: int, last: int
) -> None:
    url = ana.http.get(path(file)).headers["location"]
    answer = store().get(url, headers={"range": f"bytes={asked}"})
    assert answer.status_code == 206
    assert answer.content == DATA[first : last + 1]
    assert answer.headers["content-range"] == f"bytes {first}-{last}/10240"


@pytest.fixture(scope="module")
def changing(ana: Person) -> Json:
    """A file that is renamed again and again."""
    return publish(ana, b"", file_name="changing")


@pytest.mark.parametrize("name", GOOD_NAMES.values(), ids=GOOD_NAMES.keys())
def test_every_name_comes_back_with_the_bytes(ana: Person, changing: Json, name: str) -> None:
    ana.http.patch(f"/v1/files/{changing['id']}", json={"file_name": name})
    assert disposition(ana, changing) == ("attachment", name)


def test_a_picture_can_be_shown_inline(ana: Person) -> None:
    file = publish(ana, png(), file_name="dot.png", content_type="image/png")
    shown = download(ana, file["id"], inline="true")
    assert parse(shown.headers["content-disposition"]) == ("inline", "dot.png")
    assert shown.headers["content-type"] == "image/png"
    assert disposition(ana, file) == ("attachment", "dot.png")


@pytest.fixture(scope="module")
def active(ana: Person) -> dict[str, Json]:
    """Files that would run in a browser, under types that say so and types that hide it."""
    honest = [({"content_type": kind}, data) for kind, data in ACTIVE.items()]
    hidden = [({"content_type": "image/png"}, ACTIVE[kind]) for kind in HIDDEN.values()]
    return dict(zip([*ACTIVE, *HIDDEN], publish_all(ana, honest + hidden), strict=True))


@pytest.mark.parametrize("kind", [*ACTIVE, *HIDDEN])
def test_what_can_run_stays_an_attachment(ana: Person, active: dict[str, Json], kind: str) -> None:
    assert disposition(ana, active[kind], inline="true")[0] == "attachment"


@pytest.mark.parametrize("query", ["redirect=maybe", "inline=banana", "redirect=2", "inline="])
def test_a_flag_is_true_or_false(ana: Person, file: Json, query: str) -> None:
    expect_problem(ana.http.get(f"{path(file)}?{query}"), {400, 422})


def test_a_stranger_downloads_nothing(bob: Person, file: Json) -> None:
    expect_problem(bob.http.get(path(file)), 404)
    expect_problem(bob.http.get(path(file), params={"redirect": "false"}), 404)


def test_the_redirect_carries_no_token_and_no_name_of_the_owner(ana: Person, file: Json) -> None:
    url = ana.http.get(path(file)).headers["location"]
    assert ana.tokens["access_token"] not in url
    assert ana.email not in url


def test_a_tampered_download_url_is_refused(ana: Person, file: Json) -> None:
    url = ana.http.get(path(file)).headers["location"]
    changed = url.replace("attachment", "inline")
    assert changed != url
    assert store().get(changed).status_code == 403
