"""`fragua ls`: images and their thumbnails, for people, pipes and programs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.client.service import Service, file, fragua, image, number

THUMBNAILS = [
    {"height": 200, "width": 300, "content_type": "image/webp", "size": 5, "url": "https://s/200"},
    {"height": 400, "width": 600, "content_type": "image/webp", "size": 9, "url": "https://s/400"},
]
READY: dict[str, Any] = {
    "status": "ready", "width": 6000, "height": 4000, "thumbnails": THUMBNAILS,
    "original_url": "https://s/original",
}  # fmt: skip
REFUSED = {"status": "refused", "refusal": "The picture is damaged."}


@pytest.fixture
def service() -> Service:
    images = [image(1, "new.jpg"), image(2, "odd.jpg", **REFUSED), image(3, "a.jpg", **READY)]
    return Service(images=images, files=[file(1, "new.jpg")])


def test_images_tell_their_size_and_why_they_were_refused(service: Service) -> None:
    rows = [line.split("\t") for line in fragua(service, "ls", "--images").out.splitlines()]
    assert rows == [
        [number(1), "new.jpg", "", "processing", ""],
        [number(2), "odd.jpg", "", "refused", "The picture is damaged."],
        [number(3), "a.jpg", "6000x4000", "ready", ""],
    ]


def test_a_person_sees_a_table_of_images(service: Service) -> None:
    out = fragua(service, "ls", "--images", terminal=True).out
    assert "6000x4000" in out
    assert "The picture is damaged." in out
    assert "None" not in out


def test_a_refusal_may_come_with_a_code() -> None:
    refusal = {"code": "damaged", "detail": "The picture is damaged."}
    service = Service(images=[image(1, "odd.jpg", status="refused", refusal=refusal)])
    assert fragua(service, "ls", "--images").out.endswith("\tThe picture is damaged.\n")


def test_programs_get_the_thumbnails_too(service: Service) -> None:
    (*_, ready) = json.loads(fragua(service, "ls", "--images", "--json").out)
    assert (ready["file_id"], ready["width"], ready["height"]) == (number(3), 6000, 4000)
    assert ready["thumbnails"] == THUMBNAILS


@pytest.mark.parametrize("terminal", [True, False])
def test_each_url_is_whole_on_a_line_of_its_own(service: Service, terminal: bool) -> None:
    url = f"https://s/200?{'x' * 500}"
    service.images[2]["thumbnails"] = [THUMBNAILS[0] | {"url": url}]
    out = fragua(service, "ls", "--images", "--urls", terminal=terminal).out
    assert [line.split("\t") for line in out.splitlines()] == [
        [number(3), "thumbnail", "300x200", url],
        [number(3), "original", "6000x4000", "https://s/original"],
    ]


def test_a_plan_without_the_original_shows_none(service: Service) -> None:
    del service.images[2]["original_url"]
    rows = json.loads(fragua(service, "ls", "--images", "--urls", "--json").out)
    assert [(row["what"], row["url"]) for row in rows] == [
        ("thumbnail", "https://s/200"),
        ("thumbnail", "https://s/400"),
    ]


def test_the_newest_are_shown_and_the_rest_is_mentioned(service: Service) -> None:
    ran = fragua(service, "ls", "--images", "--limit", "2")
    assert len(ran.out.splitlines()) == 2
    assert "The newest 2; --all lists all" in ran.err
    assert "--all" not in fragua(service, "ls", "--images", "--limit", "2", "-q").err


@pytest.mark.parametrize(
    "options",
    [
        ("--urls",),
        ("--images", "--uploads"),
        ("--images", "--bucket", "pics"),
        ("--uploads", "--name", ""),
        ("--limit", "-1"),
        ("--limit", "0"),
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(
    service: Service, options: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as ended:
        fragua(service, "ls", *options)
    assert (ended.value.code, service.seen) == (2, [])


def test_a_refusal_of_several_lines_stays_in_its_field(service: Service) -> None:
    service.images[1]["refusal"] = "one\n\x1b[31mtwo\tthree"
    lines = fragua(service, "ls", "--images").out.splitlines()
    assert lines[1].split("\t")[4] == "one??[31mtwo?three"
