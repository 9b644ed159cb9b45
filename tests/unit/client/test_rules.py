"""Pure rules of the client: names, sizes, ranges, cuts, checksums, error sentences."""

from __future__ import annotations

import hashlib
import zlib
from base64 import b64encode
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from fragua.schemas import FileName
from fragua_client.digest import Running, digest_of
from fragua_client.errors import NotLoggedIn, Refused
from fragua_client.models import Upload, count, numbers
from fragua_client.names import fault_of, parse_size, show_size, shown

SERVER = TypeAdapter(FileName)
odd_names = st.text(st.one_of(st.characters(), st.sampled_from("/\\.\0\n\x7f\x85")), max_size=300)


def accepted_by_the_server(name: str) -> bool:
    try:
        SERVER.validate_python(name)
    except ValidationError:
        return False
    return True


@given(odd_names)
def test_a_name_is_refused_here_exactly_when_the_server_would(name: str) -> None:
    assert (fault_of(name) is None) == accepted_by_the_server(name)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "a\nb", "x" * 256, "\udcff"])
def test_each_rule_about_names_has_its_sentence(name: str) -> None:
    assert fault_of(name)


@given(st.text(max_size=50))
def test_what_is_shown_cannot_steer_a_terminal(text: str) -> None:
    assert "\x1b" not in shown(text)
    shown(text).encode()


@pytest.mark.parametrize(
    ("text", "size"),
    [("8MiB", 8 * 2**20), ("5 MB", 5_000_000), ("1.5GiB", 3 * 2**29), ("4096", 4096), ("1k", 1000)],
)
def test_sizes_are_read_as_people_write_them(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "MiB", "-1", "0", "8 parsecs", "1e3"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="size"):
        parse_size(text)


@given(st.integers(0, 2**63))
def test_a_shown_size_is_short(size: int) -> None:
    assert len(show_size(size)) <= len("8388608.0 TiB")


ranges = st.lists(st.tuples(st.integers(1, 500), st.integers(0, 20))).map(
    lambda pairs: [(first, first + more) for first, more in pairs]
)


@given(ranges)
def test_ranges_are_counted_without_walking_through_them(
    given_ranges: list[tuple[int, int]],
) -> None:
    assert count(given_ranges) == len(list(numbers(given_ranges)))


def test_ranges_include_both_ends() -> None:
    assert list(numbers([(1, 2), (5, 5)])) == [1, 2, 5]


@given(st.integers(1, 10**6), st.integers(1, 10**4))
def test_the_cut_covers_the_file_once(size: int, fragment_size: int) -> None:
    parts = -(-size // fragment_size)
    upload = Upload(
        *("id", "name", size, "a/b", "relay", "receiving", fragment_size, parts, "", None, None),
        missing=[(1, parts)],
        received_bytes=0,
    )
    assert [upload.offset(1), upload.offset(parts) + upload.length(parts)] == [0, size]
    assert upload.length(parts) > 0
    assert parts == 1 or upload.length(1) == fragment_size


@given(st.lists(st.binary(max_size=50), max_size=10))
def test_blocks_add_up_to_the_digests_of_the_whole(blocks: list[bytes]) -> None:
    running, whole = Running(), b"".join(blocks)
    for block in blocks:
        running.add(block)
    digest = running.digest()
    assert (digest.size, digest.crc32) == (len(whole), zlib.crc32(whole))
    assert digest.sha256 == hashlib.sha256(whole).digest()
    big_endian = b64encode(zlib.crc32(whole).to_bytes(4, "big")).decode()
    assert digest.base64("crc32") == big_endian
    assert digest.differs_from({"crc32": big_endian, "crc64nvme": "unknown here"}) is None


def test_a_wrong_checksum_is_named(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    digest = digest_of(path)
    assert digest
    assert digest.differs_from({"crc32": "AAAAAA=="}) == "crc32"
    assert digest.differs_from({"crc32": digest.base64("crc32"), "sha256": "?"}) == "sha256"


def test_a_problem_document_becomes_a_sentence_with_code_and_request() -> None:
    document = {"detail": "No room.", "code": "quota_exceeded", "request_id": "r-1"}
    said = str(Refused.by(httpx.Response(413, json=document)))
    assert said == "No room. (quota_exceeded, request r-1)"


def test_fields_that_are_not_valid_are_listed() -> None:
    errors = [{"pointer": "/files/0/size", "message": "must be more"}]
    said = str(Refused.by(httpx.Response(422, json={"detail": "No.", "errors": errors})))
    assert "/files/0/size: must be more" in said


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'"text"', b"{}"])
def test_any_other_answer_becomes_one_too(body: bytes) -> None:
    assert "502" in str(Refused.by(httpx.Response(502, content=body)))


def test_a_401_is_about_the_session() -> None:
    assert isinstance(Refused.by(httpx.Response(401)), NotLoggedIn)


def test_what_the_server_asks_to_wait_is_said() -> None:
    answer = httpx.Response(429, headers={"retry-after": "900"})
    assert "900 s" in str(Refused.by(answer))
