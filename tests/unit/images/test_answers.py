"""What a decoding process says is not believed: it may be whatever a picture made of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from fragua.errors import Refusal
from fragua.images import workshop
from fragua.images.picture import Picture, Thumbnail


@pytest.mark.parametrize(
    "output",
    [
        b"",
        b"no JSON",
        b"[" * 200_000,
        b"[]",
        b"7",
        b"{}",
        b'{"code": "damaged"}',
        b'{"picture": []}',
        b'{"picture": {}}',
        b'{"picture": "x"}',
        b'{"picture": {"thumbnails": [{"height": 1}]}}',
        b'{"picture": {"thumbnails": [], "more": 1}}',
    ],
)
def test_an_answer_that_makes_no_sense_is_a_refusal(tmp_path: Path, output: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        workshop.read(output, tmp_path)
    assert caught.value.code == "damaged"


def answer(file: str, thumbnail: dict[str, Any] | None = None, **picture: Any) -> bytes:
    """What a child says that has made one thumbnail, of five bytes; with fields of its own."""
    made = asdict(Thumbnail(1, 1, "image/webp", 5, file)) | (thumbnail or {})
    said = asdict(Picture(1, 1, "png", "#ffffff", "", ())) | {"thumbnails": [made]} | picture
    return json.dumps({"picture": said}).encode()


@pytest.mark.parametrize("file", ["../secret", "link", "folder", "missing", "short"])
def test_an_answer_names_no_file_but_its_own(tmp_path: Path, file: str) -> None:
    folder = tmp_path / "made"
    (folder / "folder").mkdir(parents=True)
    for path in (tmp_path / "secret", folder / "200.webp"):
        path.write_bytes(b"12345")
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "short").write_bytes(b"1234")
    with pytest.raises(Refusal):
        workshop.read(answer(file), folder)
    assert workshop.read(answer("200.webp"), folder).thumbnails[0].file == "200.webp"


@pytest.mark.parametrize(
    "odd",
    [
        {"width": "x"},
        {"width": True},
        {"height": 0},
        {"height": 10**30},
        {"width": 1.5},
        {"format": "\0"},
        {"dominant_color": "x" * 301},
        {"thumbhash": None},
        {"thumbnail": {"content_type": "text/html"}},
        {"thumbnail": {"height": "../evil"}},
        {"thumbnail": {"width": -1}},
    ],
    ids=str,
)
def test_an_answer_that_nobody_could_keep_or_show_is_a_refusal(
    tmp_path: Path, odd: dict[str, Any]
) -> None:
    (tmp_path / "200.webp").write_bytes(b"12345")
    with pytest.raises(Refusal):
        workshop.read(answer("200.webp", **odd), tmp_path)


@pytest.mark.parametrize(
    "said",
    [
        {"code": "damaged", "reason": "\0"},
        {"code": "damaged", "reason": ["x"]},
        {"code": "damaged", "reason": "x" * 301},
        {"code": "made_up", "reason": "Send money."},
    ],
    ids=str,
)
def test_a_refusal_that_is_none_of_ours_is_not_shown(tmp_path: Path, said: dict[str, Any]) -> None:
    with pytest.raises(Refusal, match="damaged or incomplete"):
        workshop.read(json.dumps(said).encode(), tmp_path)
