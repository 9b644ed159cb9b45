"""How a download is named and typed."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fragua.files import delivery

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=255)

# RFC 6266 with RFC 8187's ext-value: nothing but ASCII, both quotes closed, one line.
HEADER = re.compile(
    r"(attachment|inline); filename=\"[ !#-$&-\[\]-~]+\"; "
    r"filename\*=UTF-8''(?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})+"
)


def row(**more: Any) -> Any:
    """A row of `files`, as far as delivery looks at it."""
    return {
        "file_name": "a.png",
        "content_type": "image/png",
        "detected_type": "image/png",
        "s3_bucket": "bucket",
        "object_key": "files/1/2",
        **more,
    }


def sent_type(*, inline: bool, **more: Any) -> tuple[str, str]:
    """Ask for a link; return disposition and type that S3 will answer with."""
    query = parse_qs(urlsplit(delivery.link(row(**more), inline=inline).url).query)
    kind = query["response-content-disposition"][0].partition(";")[0]
    return kind, query["response-content-type"][0]


@given(names)
def test_any_name_makes_a_safe_header(name: str) -> None:
    assert HEADER.fullmatch(delivery.content_disposition(name))


@given(names)
def test_the_extended_name_is_exactly_the_file_name(name: str) -> None:
    encoded = delivery.content_disposition(name).partition("UTF-8''")[2]
    assert unquote(encoded, errors="strict") == name


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("report.pdf", "report.pdf"),
        ("Informe año.pdf", "Informe ano.pdf"),
        ('a"b.txt', "ab.txt"),
        ("100%.txt", "100.txt"),
        ("文件", "download"),
        ("ﬁle", "file"),
    ],
)
def test_old_clients_get_the_name_in_ascii(name: str, plain: str) -> None:
    assert f'filename="{plain}";' in delivery.content_disposition(name)


@pytest.mark.parametrize("name", ["日 本", " ", "\u00a0"])
def test_a_name_in_ascii_is_never_blank(name: str) -> None:
    assert 'filename="download";' in delivery.content_disposition(name)


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("detected", ["image/png", "image/jpeg", "application/pdf", "video/mp4"])
def test_a_type_that_is_safe_to_show_is_shown_when_asked_for(detected: str) -> None:
    assert sent_type(inline=True, detected_type=detected) == ("inline", detected)
    assert sent_type(inline=False, detected_type=detected)[0] == "attachment"


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("detected", [None, "image/svg+xml", "text/html", "application/zip"])
def test_anything_else_stays_an_attachment(detected: str | None) -> None:
    assert sent_type(inline=True, detected_type=detected)[0] == "attachment"


@pytest.mark.usefixtures("environment")
def test_the_bytes_decide_what_is_shown_never_the_declared_type() -> None:
    declared = {"content_type": "text/html", "detected_type": "image/png"}
    assert sent_type(inline=True, **declared) == ("inline", "image/png")
    assert sent_type(inline=True, content_type="image/png", detected_type=None)[0] == "attachment"


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    "declared",
    [
        *("text/html", "TEXT/HTML; charset=utf-8", "application/xhtml+xml", "image/svg+xml"),
        *("text/javascript", "application/x-javascript", "text/xml", "text/css"),
        *("application/ecmascript", "application/wasm", "application/x-shockwave-flash"),
    ],
)
def test_a_type_that_a_browser_would_run_travels_as_octets(declared: str) -> None:
    sent = sent_type(inline=False, content_type=declared)
    assert sent == ("attachment", "application/octet-stream")


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("declared", ["text/plain", "application/json", "application/zip"])
def test_a_harmless_declared_type_is_kept(declared: str) -> None:
    assert sent_type(inline=False, content_type=declared) == ("attachment", declared)


@pytest.mark.usefixtures("environment")
@given(st.text(st.characters(min_codepoint=0x1F600, max_codepoint=0x1F64F), min_size=255))
def test_the_longest_name_still_makes_a_url_that_fits_into_headers(name: str) -> None:
    # The gateway carries at most 10,240 bytes of headers, S3 takes 8 KB of request line.
    url = delivery.link(row(file_name=name[:255]), inline=False).url
    assert len(url) < 8000
