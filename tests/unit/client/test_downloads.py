"""What the client makes of odd names, and of bytes that are not those of the file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from fragua_client import File, FraguaError
from fragua_client.downloading import download, find
from fragua_client.errors import Damaged
from fragua_client.progress import Lines

from .room import ABSENT, FILE, connected


def test_a_name_that_looks_like_an_id_is_a_name_too() -> None:
    name = "d41d8cd98f00b204e9800998ecf8427e"

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/files":
            page = {"items": [FILE | {"file_name": name}], "next_cursor": None}
            return httpx.Response(200, json=page)
        return ABSENT

    assert find(connected(handler), name).id == "F"


def test_an_id_that_leads_elsewhere_is_no_part_of_a_path(tmp_path: Path) -> None:
    hostile = File("../../elsewhere", "a", 3, "x/y", {}, "")
    with pytest.raises(FraguaError, match="contains / or"):
        download(connected(lambda _: ABSENT), hostile, tmp_path / "a")


def test_what_can_not_be_checked_is_not_put_together_from_halves(tmp_path: Path) -> None:
    file = File("F", "a", 6, "x/y", {"crc64nvme": "AAAAAAAAAAA="}, "")
    (tmp_path / ".fragua-F.part").write_bytes(b"XXX")
    asked = []

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/download"):
            return httpx.Response(200, json={"url": "http://store/x"})
        asked.append(request.headers.get("range"))
        return httpx.Response(200, stream=Bytes(b"abcdef"))

    done = download(connected(handler), file, tmp_path / "a")
    assert asked == [None]
    assert done.path.read_bytes() == b"abcdef"


def test_more_bytes_than_the_file_has_are_damage(tmp_path: Path) -> None:
    file = File("F", "a", 3, "x/y", {}, "")

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/download"):
            return httpx.Response(200, json={"url": "http://store/x"})
        return httpx.Response(200, stream=Bytes(b"abcdef"))

    with pytest.raises(Damaged, match="more than the file's 3 bytes"):
        download(connected(handler), file, tmp_path / "a")
    assert not (tmp_path / "a").exists()


class Bytes(httpx.SyncByteStream):
    """A body that is read as a stream."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __iter__(self) -> Iterator[bytes]:
        yield self.data


def test_a_name_is_shown_as_it_is() -> None:
    shown = io.StringIO()
    Lines(Console(file=shown, highlight=False, markup=False)).say("report:warning:[b].txt")
    assert shown.getvalue() == "report:warning:[b].txt\n"
