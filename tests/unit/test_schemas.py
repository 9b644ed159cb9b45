"""Names, media types and cursors: exactly what we take, and nothing that looks like it."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from fragua.errors import Invalid
from fragua.schemas import (
    FileName,
    Id,
    MediaType,
    Name,
    decode_cursor,
    encode_cursor,
    is_id,
)

file_name = TypeAdapter(FileName)
media_type = TypeAdapter(MediaType)
person = TypeAdapter(Name)

CONTROLS = [chr(c) for c in range(0x110000) if unicodedata.category(chr(c)) == "Cc"]
# Everything that a file name may have in it: no controls, no surrogates, no separators.
harmless = st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="/\\")


@given(st.text(harmless, min_size=1, max_size=255).filter(lambda n: n not in (".", "..")))
def test_a_file_name_is_kept_exactly(name: str) -> None:
    assert file_name.validate_python(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "a/b", "a\\b", "/", "n" * 256),
        *("\x00", "a\n", "a\x7f", "a\x85", "\ud800", "a\udfff"),
    ],
)
def test_a_file_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        file_name.validate_python(name)


@pytest.mark.parametrize("control", CONTROLS)
def test_no_control_character_gets_into_a_name(control: str) -> None:
    for adapter in (file_name, person):
        with pytest.raises(ValidationError):
            adapter.validate_python(f"a{control}b")


@pytest.mark.parametrize(
    "name", ["...", ". ", " a", "a ", "\u202eexe.txt", "👩‍👩‍👧", "%2F", "n" * 255]
)
def test_odd_names_of_files_are_names(name: str) -> None:
    assert file_name.validate_python(name) == name


@pytest.mark.parametrize("name", ["", " ", "\u00a0\u3000", "n" * 101])
def test_a_persons_name_is_not_blank_and_not_endless(name: str) -> None:
    with pytest.raises(ValidationError):
        person.validate_python(name)


@pytest.mark.parametrize(
    "value",
    [
        "text/plain",
        "application/vnd.oasis.opendocument.text",
        "image/svg+xml",
        "text/plain; charset=utf-8",
        'multipart/mixed; boundary="a b"',
        "text/plain;",
        "x/y",
    ],
)
def test_a_media_type_is_taken_as_it_is(value: str) -> None:
    assert media_type.validate_python(value) == value


@pytest.mark.parametrize(
    "value",
    [
        *("", "text", "/", "text/", "/plain", "text/plain/x", "text plain", " text/plain"),
        *("text/plain\n", "text/plain\r\nx: y", "text/plain; a=\n", "text/plain; ü=1"),
        *("téxt/plain", "text/plain x", "t(x)/plain", "x/" + "y" * 254),
    ],
)
def test_what_could_break_a_header_is_no_media_type(value: str) -> None:
    with pytest.raises(ValidationError):
        media_type.validate_python(value)


@given(st.uuids())
def test_a_cursor_reads_back_as_the_row_it_was_made_of(last: UUID) -> None:
    assert decode_cursor(encode_cursor(last)) == last


@given(st.uuids())
def test_a_cursor_needs_no_escaping_in_a_url(last: UUID) -> None:
    cursor = encode_cursor(last) or ""
    assert cursor.isascii()
    assert cursor.replace("-", "").replace("_", "").isalnum()


def test_no_row_has_no_cursor() -> None:
    assert (encode_cursor(None), decode_cursor(None)) == (None, None)


@given(st.text())
def test_a_cursor_that_we_did_not_make_is_refused(cursor: str) -> None:
    assume(not (cursor.isascii() and len(cursor) == 22))
    with pytest.raises(Invalid) as refused:
        decode_cursor(cursor)
    assert refused.value.members["errors"][0]["pointer"] == "/cursor"


@given(st.text(st.sampled_from("AQgw_-Zz09"), min_size=22, max_size=22))
def test_no_row_has_two_cursors(cursor: str) -> None:
    with suppress(Invalid):
        assert encode_cursor(decode_cursor(cursor)) == cursor


# The cursor of one row, spelled in ways that a lenient decoder takes for the same.
SPELLED = encode_cursor(UUID(bytes=b"\xfb\xef" * 8)) or ""


@pytest.mark.parametrize(
    "cursor",
    [
        *("", SPELLED + "==", SPELLED[:-1], SPELLED + "A", " " + SPELLED, SPELLED + "\n"),
        *(SPELLED[:-1] + "x", SPELLED.replace("-", "+").replace("_", "/")),
    ],
)
def test_another_spelling_of_a_cursor_is_refused(cursor: str) -> None:
    assert decode_cursor(SPELLED)
    with pytest.raises(Invalid):
        decode_cursor(cursor)


AN_ID = "01890000-0000-7000-8000-00000000dead"


@pytest.mark.parametrize("text", [AN_ID, AN_ID.upper()])
def test_an_id_is_written_in_one_form(text: str) -> None:
    assert TypeAdapter(Id).validate_python(text) == UUID(AN_ID)
    assert is_id(text)


@pytest.mark.parametrize(
    "text",
    [
        *(f"{{{AN_ID}}}", f"urn:uuid:{AN_ID}", AN_ID.replace("-", ""), f"{AN_ID}\n", f" {AN_ID}"),
        *("", AN_ID[:-1], f"{AN_ID}0", AN_ID.replace("-", "_"), AN_ID.replace("d", "g", 1)),
    ],
)
def test_what_only_python_reads_as_an_id_is_none(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Id).validate_python(text)
    assert not is_id(text)
