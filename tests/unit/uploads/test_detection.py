"""What bytes are is told by the bytes."""

from __future__ import annotations

import pytest

from fragua.images import kinds
from fragua.uploads.detection import detect


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"", None),
        (b"B", None),
        (b"BM", None),
        (b"BMW built this engine in the year 1936, and it still runs.", None),
        (b"%PDF-1.7\n", "application/pdf"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', None),
        (b"GIF is a format", None),
        (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", "video/mp4"),
    ],
)
def test_what_only_begins_like_a_picture_is_none(head: bytes, told: str | None) -> None:
    assert detect(head) == told


def test_every_kind_has_a_name_of_its_own() -> None:
    assert len(set(kinds.ALL)) == len(kinds.ALL)
