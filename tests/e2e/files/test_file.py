"""GET, PATCH and DELETE /v1/files/{id}."""

from typing import Any

import pytest

from tests.e2e.support.clients import client, escaped_json, store
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.names import BAD_NAMES, BROKEN_NAMES, GOOD_NAMES
from tests.e2e.support.people import Person
from tests.e2e.support.pictures import png
from tests.e2e.support.sending import Json, download, publish, publish_all
from tests.e2e.support.shapes import FILE, assert_shape, seconds_from_now
from tests.e2e.support.waiting import at_once, eventually


@pytest.fixture(scope="module")
def shared(ana: Person) -> Json:
    """A file that no test changes."""
    return publish(ana, b"the same bytes", file_name="shared.txt", content_type="text/plain")


@pytest.fixture
def own(ana: Person) -> Json:
    """A file to change or delete."""
    return publish(ana, b"bytes of its own", file_name="own.txt")


def rename(person: Person, file: Json, name: Any, **more: Any) -> Any:
    """Ask for another name, whatever comes of it."""
    body = {"file_name": name} | more
    return person.http.patch(f"/v1/files/{file['id']}", **escaped_json(body))


def test_a_file_tells_what_was_uploaded(ana: Person, shared: Json) -> None:
    assert_shape(shared, FILE, "image")
    expected = {
        "file_name": "shared.txt", "size": 14, "content_type": "text/plain", "bucket": "default",
        "owner_id": ana.user["id"],
    }  # fmt: skip
    assert shared.items() >= expected.items()
    assert -300 < seconds_from_now(shared["created_at"]) < 5


def test_a_files_links_lead_to_it_and_to_its_bytes(ana: Person, shared: Json) -> None:
    assert ana.http.get(shared["links"]["self"]).json() == shared
    answer = ana.http.get(shared["links"]["download"])
    assert answer.status_code == 302
    assert store().get(answer.headers["location"]).content == b"the same bytes"


def test_the_type_is_detected_from_the_bytes(ana: Person) -> None:
    lies: list[tuple[Json, bytes]] = [
        ({"content_type": "text/plain", "file_name": "a.txt"}, png()),
        ({"content_type": "image/jpeg", "file_name": "b.jpg"}, b"%PDF-1.7\n1 0 obj\n"),
        ({"content_type": "image/png", "file_name": "c.png"}, b"PK\x05\x06" + bytes(18)),
    ]
    files = publish_all(ana, lies)
    detected = [file["detected_type"] for file in files]
    assert detected == ["image/png", "application/pdf", "application/zip"]
    assert [file["content_type"] for file in files] == [lie["content_type"] for lie, _ in lies]


def test_a_file_can_be_renamed(ana: Person, own: Json) -> None:
    answer = rename(ana, own, "renamed.txt")
    assert answer.status_code == 200
    assert answer.json() == own | {"file_name": "renamed.txt"}
    assert ana.http.get(f"/v1/files/{own['id']}").json() == answer.json()
    assert download(ana, own["id"]).content == b"bytes of its own"


def test_a_renamed_file_is_found_by_its_new_name_only(ana: Person) -> None:
    file = publish(ana, b"", file_name="first name of the file")
    rename(ana, file, "second name of the file")

    def found(name: str) -> list[str]:
        items = ana.http.get("/v1/files", params={"name": name}).json()["items"]
        return [item["id"] for item in items]

    assert found("first name of the file") == []
    assert found("second name of the file") == [file["id"]]


@pytest.fixture(scope="module")
def changing(ana: Person) -> Json:
    """A file that is renamed again and again."""
    return publish(ana, b"", file_name="changing")


@pytest.mark.parametrize("name", GOOD_NAMES.values(), ids=GOOD_NAMES.keys())
def test_a_new_name_is_kept_exactly(ana: Person, changing: Json, name: str) -> None:
    assert rename(ana, changing, name).json()["file_name"] == name
    assert ana.http.get(f"/v1/files/{changing['id']}").json()["file_name"] == name


@pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES.keys())
def test_a_bad_new_name_is_refused(ana: Person, shared: Json, name: str) -> None:
    expect_invalid(rename(ana, shared, name), "/file_name")
    assert ana.http.get(f"/v1/files/{shared['id']}").json() == shared


@pytest.mark.parametrize("name", BROKEN_NAMES.values(), ids=BROKEN_NAMES.keys())
def test_a_new_name_with_half_a_character_is_refused(ana: Person, shared: Json, name: str) -> None:
    expect_problem(rename(ana, shared, name), {400, 422})


@pytest.mark.parametrize("name", [None, 7, 1.5, True, [], {}], ids=repr)
def test_a_new_name_is_text(ana: Person, shared: Json, name: Any) -> None:
    expect_invalid(rename(ana, shared, name), "/file_name")


@pytest.mark.parametrize("field", ["size", "content_type", "bucket", "owner_id", "status", "id"])
def test_nothing_but_the_name_can_be_changed(ana: Person, shared: Json, field: str) -> None:
    expect_invalid(rename(ana, shared, "changed.txt", **{field: "x"}), f"/{field}")
    assert ana.http.get(f"/v1/files/{shared['id']}").json() == shared


def test_a_deleted_file_is_gone(ana: Person, own: Json) -> None:
    path = f"/v1/files/{own['id']}"
    assert ana.http.delete(path).status_code == 204
    for method, end in (("GET", ""), ("DELETE", ""), ("GET", "/download")):
        expect_problem(ana.http.request(method, path + end), 404)
    expect_problem(rename(ana, own, "x"), 404)
    listed = ana.http.get("/v1/files", params={"limit": 200}).json()["items"]
    assert own["id"] not in [item["id"] for item in listed]


def test_deleting_removes_the_bytes_from_the_store(ana: Person, own: Json) -> None:
    url = ana.http.get(f"/v1/files/{own['id']}/download").headers["location"]
    assert store().get(url).status_code == 200
    ana.http.delete(f"/v1/files/{own['id']}")
    eventually(lambda: store().get(url).status_code, lambda status: status in {403, 404}, 10)


def test_deleted_many_times_at_once_it_is_deleted(ana: Person, own: Json) -> None:
    answers = at_once([lambda: ana.http.delete(f"/v1/files/{own['id']}")] * 8)
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) <= {204, 404}
    assert 204 in statuses


def test_a_stranger_changes_and_deletes_nothing(ana: Person, bob: Person, shared: Json) -> None:
    expect_problem(rename(bob, shared, "stolen.txt"), 404)
    expect_problem(bob.http.delete(f"/v1/files/{shared['id']}"), 404)
    assert ana.http.get(f"/v1/files/{shared['id']}").json() == shared


def test_an_uploads_id_is_no_files_id(ana: Person, shared: Json, base_url: str) -> None:
    uploads = ana.http.get("/v1/uploads", params={"limit": 200}).json()["items"]
    upload = next(item for item in uploads if item["file_id"] == shared["id"])
    if upload["id"] != shared["id"]:
        expect_problem(ana.http.get(f"/v1/files/{upload['id']}"), 404)
    assert client(base_url).get(f"/v1/files/{shared['id']}").status_code == 401
