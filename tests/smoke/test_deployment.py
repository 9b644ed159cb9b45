"""What must work before a deployment is called good: each way of bytes, and each refusal."""

from __future__ import annotations

import base64
import time
import zlib

import httpx
import pytest
from PIL import Image

from fragua_client import Image as Picture
from fragua_client import Refused, download

from .conftest import PATIENCE, Person

MIB = 2**20
pytestmark = pytest.mark.timeout(2 * PATIENCE)


def crc32(data: bytes) -> str:
    return base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


def test_every_dependency_is_well(http: httpx.Client) -> None:
    answer = http.get("/v1/health")
    assert answer.status_code == 200, answer.text


def test_a_member_is_a_user_of_the_basic_plan(person: Person) -> None:
    said = person.client.whoami()
    assert (said["role"], said["plan"]) == ("user", "basic")


@pytest.mark.parametrize(("mode", "size"), [("direct", 11 * MIB + 1), ("relay", 5 * MIB + 1)])
def test_a_file_comes_back_as_it_went_up(person: Person, mode: str, size: int) -> None:
    path = person.file(f"{mode}.bin", size)
    sent = path.read_bytes()
    file = person.upload(path, mode)
    assert file.size == size
    assert file.checksums["crc32"] == crc32(sent)
    back = person.folder / f"{mode}.back"
    download(person.client, file, back)
    assert back.read_bytes() == sent


def test_a_file_with_another_checksum_is_never_published(person: Person) -> None:
    data = b"fragua"
    body = {"file_name": "wrong.bin", "size": len(data), "mode": "relay"}
    wrong = {"algorithm": "crc32", "value": crc32(b"forged")}
    asked = {"files": [body | {"checksum": wrong}]}
    [begun] = person.client.request("POST", "/v1/uploads", json=asked).json()["uploads"]
    person.client.relay(begun["id"], 1, data, crc32(data))
    person.client.complete(begun["id"])
    deadline = time.monotonic() + PATIENCE
    while (found := person.client.upload(begun["id"])).status == "assembling":
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert found.status == "failed"
    assert not list(person.client.files(name="wrong.bin"))


def test_a_picture_gets_a_thumbnail(person: Person) -> None:
    path = person.folder / "picture.jpg"
    Image.radial_gradient("L").resize((800, 600)).save(path)
    picture = made(person, person.upload(path).id)
    assert (picture.status, picture.width, picture.height) == ("ready", 800, 600)
    answer = httpx.get(picture.thumbnails[0]["url"], timeout=30)
    assert answer.status_code == 200
    assert len(answer.content) == picture.thumbnails[0]["size"]


def made(person: Person, file_id: str) -> Picture:
    """Wait for what the worker makes of a picture."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for picture in person.client.images():
            if picture.file_id == file_id and picture.status != "processing":
                return picture
        time.sleep(0.5)
    raise AssertionError("no thumbnail in time")


def test_a_plan_without_links_gives_none(person: Person) -> None:
    plans = person.client.request("GET", "/v1/plans").json()["items"]
    if next(plan for plan in plans if plan["name"] == "basic")["temporary_links"]:
        pytest.skip("this deployment's plan `basic` has links")
    file = person.upload(person.file("link.bin", 10), "relay")
    with pytest.raises(Refused) as refused:
        person.client.create_link(file.id, 3600)
    assert refused.value.code == "plan_forbids"


@pytest.mark.parametrize("token", ["", "nonsense", "e30.e30."])
def test_a_wrong_token_opens_nothing(http: httpx.Client, token: str) -> None:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    answer = http.get("/v1/files", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("application/problem+json")
