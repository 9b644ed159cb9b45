"""POST /v1/uploads: what is reserved, and what the client is told to send."""

from typing import Any
from uuid import uuid4

import pytest

from tests.e2e.support.clients import escaped_json
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.digests import checksum
from tests.e2e.support.names import BAD_NAMES, BROKEN_NAMES, GOOD_NAMES
from tests.e2e.support.people import Person
from tests.e2e.support.sending import GIB, MIB, Json, create, look, reserve, wanted
from tests.e2e.support.shapes import FRAGMENT, UPLOAD, assert_shape, seconds_from_now

PATH = "/v1/uploads"
DAY = 24 * 3600


def test_an_upload_begins_with_everything_missing(ana: Person) -> None:
    upload = reserve(ana, 20 * MIB, file_name="a.bin", content_type="image/png")
    assert_shape(upload, UPLOAD, "fragments")
    expected = {
        "file_name": "a.bin", "size": 20 * MIB, "content_type": "image/png", "bucket": "default",
        "mode": "direct", "status": "receiving", "fragment_size": 8 * MIB, "fragment_count": 3,
        "received": [], "missing": [[1, 3]], "received_bytes": 0, "file_id": None, "failure": None,
    }  # fmt: skip
    assert upload.items() >= expected.items()
    assert DAY - 120 < seconds_from_now(upload["expires_at"]) <= DAY + 1


def test_an_upload_is_seen_again_as_it_was_created(ana: Person) -> None:
    upload = reserve(ana, 11 * MIB, fragment_size=5 * MIB)
    seen = look(ana, upload)
    assert_shape(seen, UPLOAD)
    assert seen == {name: value for name, value in upload.items() if name != "fragments"}


def test_fragments_tile_the_file(ana: Person) -> None:
    fragments = reserve(ana, 20 * MIB + 7)["fragments"]
    for fragment in fragments:
        assert_shape(fragment, FRAGMENT)
    tiles = [(part["number"], part["offset"], part["size"]) for part in fragments]
    assert tiles == [(1, 0, 8 * MIB), (2, 8 * MIB, 8 * MIB), (3, 16 * MIB, 4 * MIB + 7)]
    assert len({part["url"] for part in fragments}) == 3


def test_a_presigned_url_lives_an_hour_at_most(ana: Person) -> None:
    fragment = reserve(ana, 1)["fragments"][0]
    assert 60 < seconds_from_now(fragment["expires_at"]) <= 3600


def test_object_keys_do_not_hold_the_file_name(ana: Person) -> None:
    marker = uuid4().hex
    assert marker not in str(reserve(ana, 1, file_name=f"{marker}.bin")["fragments"])


@pytest.mark.parametrize(
    ("size", "fragment_size", "count"),
    [(1, None, 1), (8 * MIB, None, 1), (8 * MIB + 1, None, 2), (16 * MIB, None, 2)]
    + [(5 * MIB, 5 * MIB, 1), (5 * MIB + 1, 5 * MIB, 2), (1, 5 * GIB, 1)]
    + [(10 * MIB, 5 * MIB + 1, 2), (0, None, 0), (0, 5 * MIB, 0)],
)
def test_the_fragment_size_makes_the_count(
    ana: Person, size: int, fragment_size: int | None, count: int
) -> None:
    given = {} if fragment_size is None else {"fragment_size": fragment_size}
    upload = reserve(ana, size, **given)
    assert upload["fragment_size"] == (fragment_size or 8 * MIB)
    assert upload["fragment_count"] == len(upload["fragments"]) == count
    assert upload["missing"] == ([[1, count]] if count else [])


def test_one_answer_has_a_thousand_urls_at_most(newcomer: Person) -> None:
    upload = reserve(newcomer, 5 * GIB, fragment_size=5 * MIB)
    assert upload["fragment_count"] == 1024
    assert [part["number"] for part in upload["fragments"]] == list(range(1, 1001))


def test_the_thousand_urls_are_shared_by_a_batch(newcomer: Person) -> None:
    uploads = create(newcomer, *(wanted(250 * MIB, fragment_size=5 * MIB) for _ in range(50)))
    numbers = [[part["number"] for part in upload["fragments"]] for upload in uploads]
    assert sum(map(len, numbers)) <= 1000
    for given in numbers:
        assert given == list(range(1, len(given) + 1))
        assert given


def test_the_content_type_is_octet_stream_unless_given(ana: Person) -> None:
    assert reserve(ana, 1)["content_type"] == "application/octet-stream"


@pytest.mark.parametrize("kind", ["image/svg+xml", "text/plain", "application/vnd.ms-excel"])
def test_the_content_type_is_kept(ana: Person, kind: str) -> None:
    assert reserve(ana, 1, content_type=kind)["content_type"] == kind


@pytest.mark.parametrize(
    "kind",
    ["", "nonsense", "text/", "/plain", "a b/c", "text/html\r\nx-evil: 1", "text/html\n", 7, True]
    + ["text/\u00e9", "text/html\x00", [], {}, "x/" + "y" * 5000],
)
def test_what_is_no_content_type_is_refused(ana: Person, kind: Any) -> None:
    answer = ana.http.post(PATH, json={"files": [wanted(1, content_type=kind)]})
    expect_invalid(answer, "/files/0/content_type")


@pytest.mark.parametrize("name", GOOD_NAMES.values(), ids=GOOD_NAMES.keys())
def test_a_file_name_is_kept_exactly(ana: Person, name: str) -> None:
    upload = reserve(ana, 1, file_name=name)
    assert upload["file_name"] == name
    assert look(ana, upload)["file_name"] == name


def test_an_escaped_pair_of_surrogates_is_one_character(ana: Person) -> None:
    body = {"files": [wanted(1, file_name="\U0001f525" * 255)]}
    answer = ana.http.post(PATH, **escaped_json(body))
    assert answer.json()["uploads"][0]["file_name"] == "\U0001f525" * 255


@pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES.keys())
def test_a_bad_file_name_is_refused(ana: Person, name: str) -> None:
    body = {"files": [wanted(1, file_name=name)]}
    answer = ana.http.post(PATH, **escaped_json(body))
    expect_invalid(answer, "/files/0/file_name")


@pytest.mark.parametrize("name", BROKEN_NAMES.values(), ids=BROKEN_NAMES.keys())
def test_a_file_name_with_half_a_character_is_refused(ana: Person, name: str) -> None:
    body = {"files": [wanted(1, file_name=name)]}
    expect_problem(ana.http.post(PATH, **escaped_json(body)), {400, 422})


@pytest.mark.parametrize("value", [None, 7, 1.5, True, [], ["a"], {}], ids=repr)
def test_a_file_name_is_text(ana: Person, value: Any) -> None:
    answer = ana.http.post(PATH, json={"files": [wanted(1, file_name=value)]})
    expect_invalid(answer, "/files/0/file_name")


@pytest.mark.parametrize("mode", ["sideways", "", "DIRECT", 7, True, [], {}], ids=repr)
def test_an_unknown_mode_is_refused(ana: Person, mode: Any) -> None:
    answer = ana.http.post(PATH, json={"files": [wanted(1, mode=mode)]})
    expect_invalid(answer, "/files/0/mode")


@pytest.mark.parametrize("bucket", ["nobodys", "", "../default", "DEFAULT", 7, [], "d" * 5000])
def test_an_unknown_bucket_is_refused(ana: Person, bucket: Any) -> None:
    answer = ana.http.post(PATH, json={"files": [wanted(1), wanted(1, bucket=bucket)]})
    expect_invalid(answer, "/files/1/bucket")


def test_the_default_bucket_can_be_named(ana: Person) -> None:
    assert reserve(ana, 1, bucket="default", mode="direct")["bucket"] == "default"


@pytest.mark.parametrize("algorithm", ["crc32", "crc64nvme", "sha256"])
def test_a_checksum_can_be_declared(ana: Person, algorithm: str) -> None:
    assert reserve(ana, 1, checksum=checksum(algorithm, b"x"))["status"] == "receiving"


@pytest.mark.parametrize(
    ("declared", "place"),
    [
        ({"algorithm": "md5", "value": "AAAAAA=="}, "/algorithm"),
        ({"algorithm": "CRC32", "value": "AAAAAA=="}, "/algorithm"),
        ({"algorithm": None, "value": "AAAAAA=="}, "/algorithm"),
        ({"value": "AAAAAA=="}, "/algorithm"),
        ({"algorithm": "crc32"}, "/value"),
        ({"algorithm": "crc32", "value": 0}, "/value"),
        ({"algorithm": "crc32", "value": "AAAAAA==", "more": 1}, "/more"),
        ("AAAAAA==", ""),
        ([], ""),
        (True, ""),
    ],
)
def test_a_checksum_of_another_form_is_refused(ana: Person, declared: Any, place: str) -> None:
    answer = ana.http.post(PATH, json={"files": [wanted(1, checksum=declared)]})
    expect_invalid(answer, f"/files/0/checksum{place}")


@pytest.mark.parametrize(
    ("algorithm", "value"),
    [("crc32", value) for value in ("", "AAAA", "AAAAAAA=", "AAAAAA", "00000000", "!!!!!!==")]
    + [("crc32", value) for value in ("AAAAAA==\n", " AAAAAA==", "AAA_-w==", "\u00e9AAAAA==")]
    + [("crc64nvme", "AAAAAA=="), ("sha256", "AAAAAA=="), ("sha256", "0" * 64)],
)
def test_a_digest_of_another_length_or_alphabet_is_refused(
    ana: Person, algorithm: str, value: str
) -> None:
    declared = {"algorithm": algorithm, "value": value}
    answer = ana.http.post(PATH, json={"files": [wanted(1, checksum=declared)]})
    expect_invalid(answer, "/files/0/checksum")


@pytest.mark.parametrize("field", ["status", "id", "key", "owner_id", "received", "upload_id"])
def test_nobody_sets_a_field_of_the_server(ana: Person, field: str) -> None:
    answer = ana.http.post(PATH, json={"files": [wanted(1, **{field: "x"})]})
    expect_invalid(answer, f"/files/0/{field}")


@pytest.mark.parametrize("field", ["file_name", "size"])
def test_a_missing_field_is_named(ana: Person, field: str) -> None:
    file: Json = wanted(1)
    del file[field]
    expect_invalid(ana.http.post(PATH, json={"files": [wanted(1), file]}), f"/files/1/{field}")
