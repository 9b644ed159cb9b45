"""GET /v1/images, and what becomes of an image when its file changes or goes."""

import httpx
import pytest

from tests.e2e.support.clients import store
from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.images import (
    IMAGES,
    ask,
    developed,
    image_of,
    is_developed,
    listed,
    opened,
    without_urls,
)
from tests.e2e.support.linking import ask_for_link, expect_ended, follow
from tests.e2e.support.people import Person, register
from tests.e2e.support.pictures import drawn
from tests.e2e.support.plans import basic_with
from tests.e2e.support.sending import Json, publish, publish_all
from tests.e2e.support.shapes import IMAGE, assert_shape
from tests.e2e.support.waiting import eventually


@pytest.fixture(scope="module")
def collector(base_url: str) -> Person:
    """Somebody with five pictures among other files."""
    return register(base_url)


@pytest.fixture(scope="module")
def pictures(collector: Person) -> list[Json]:
    """The pictures' files, the newest first, each of another size; all are ready."""
    made = []
    for number in range(5):
        made.append(publish(collector, drawn(210 + number, 210), file_name=f"{number}.jpg"))
        if number == 2:
            publish(collector, b"no picture", file_name="notes.txt")
    for file in made:
        developed(collector, file)
    return made[::-1]


@pytest.fixture
def own(newcomer: Person) -> Json:
    """A picture of somebody new, ready."""
    file = publish(newcomer, drawn(300, 300), file_name="own.jpg")
    developed(newcomer, file)
    return file


def test_images_are_listed_newest_first(collector: Person, pictures: list[Json]) -> None:
    answer = collector.http.get(IMAGES)
    assert answer.status_code == 200
    assert answer.json().keys() == {"items", "next_cursor"}
    assert answer.json()["next_cursor"] is None
    items = answer.json()["items"]
    assert [image["file_id"] for image in items] == [file["id"] for file in pictures]
    assert [image["name"] for image in items] == [file["file_name"] for file in pictures]
    for image in items:
        assert_shape(image, IMAGE, "refusal", "original_url")


def test_a_listed_image_is_the_image(collector: Person, pictures: list[Json]) -> None:
    for file, image in zip(pictures, listed(collector), strict=True):
        assert without_urls(image) == without_urls(image_of(collector, file))
        opened(image["thumbnails"][0])


def test_a_list_is_had_in_either_format(collector: Person, pictures: list[Json]) -> None:
    for image in listed(collector, format="jpeg"):
        assert opened(image["thumbnails"][0]).format == "JPEG"


def test_pages_follow_each_other(collector: Person, pictures: list[Json]) -> None:
    pages, cursor = [], None
    for _ in range(10):
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = collector.http.get(IMAGES, params=query).json()
        pages.append([image["file_id"] for image in page["items"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    ids = [file["id"] for file in pictures]
    assert [page for page in pages if page] == [ids[:2], ids[2:4], ids[4:]]


def test_pages_neither_repeat_nor_skip_while_pictures_are_added(newcomer: Person) -> None:
    content: tuple[Json, bytes] = ({}, drawn(8, 8, "PNG"))
    before = {file["id"] for file in publish_all(newcomer, [content] * 4)}
    first = newcomer.http.get(IMAGES, params={"limit": 2}).json()
    publish_all(newcomer, [content] * 2)
    query = {"limit": "200", "cursor": first["next_cursor"]}
    rest = newcomer.http.get(IMAGES, params=query).json()
    seen = [image["file_id"] for image in first["items"] + rest["items"]]
    assert len(seen) == 4
    assert set(seen) == before
    assert rest["next_cursor"] is None


def test_a_strangers_cursor_shows_nothing_of_his(
    collector: Person, pictures: list[Json], newcomer: Person
) -> None:
    cursor = collector.http.get(IMAGES, params={"limit": 2}).json()["next_cursor"]
    answer = newcomer.http.get(IMAGES, params={"cursor": cursor})
    assert answer.status_code in {200, 400, 422}
    assert answer.json().get("items", []) == []


def test_who_has_no_pictures_has_an_empty_list(newcomer: Person, pictures: list[Json]) -> None:
    publish(newcomer, b"no picture")
    assert listed(newcomer) == []


def test_an_image_is_called_as_its_file_is(newcomer: Person, own: Json) -> None:
    newcomer.http.patch(f"/v1/files/{own['id']}", json={"file_name": "renamed \U0001f525.jpg"})
    assert image_of(newcomer, own)["name"] == "renamed \U0001f525.jpg"
    assert [image["name"] for image in listed(newcomer)] == ["renamed \U0001f525.jpg"]


def test_the_image_the_thumbnails_and_the_links_go_with_the_file(
    newcomer: Person, own: Json, superadmin: Person, anonymous: httpx.Client
) -> None:
    shown = [image_of(newcomer, own, format=kind)["thumbnails"][0] for kind in ("webp", "jpeg")]
    for thumbnail in shown:
        opened(thumbnail)
    with basic_with(superadmin, temporary_links=True):
        link = ask_for_link(newcomer, own).json()
        assert follow(anonymous, link).status_code == 302
        assert newcomer.http.delete(f"/v1/files/{own['id']}").status_code == 204
        expect_ended(follow(anonymous, link))
    expect_problem(ask(newcomer, own), 404)
    assert listed(newcomer) == []
    for thumbnail in shown:
        url = thumbnail["url"]
        eventually(
            lambda url=url: store().get(url).status_code,  # type: ignore[misc]
            lambda status: status in {403, 404},
            15,
        )


def test_a_picture_that_is_deleted_while_it_is_looked_at_does_not_come_back(
    newcomer: Person,
) -> None:
    gone = publish_all(newcomer, [({}, drawn(900, 900))] * 3)
    for file in gone:
        assert newcomer.http.delete(f"/v1/files/{file['id']}").status_code == 204
    # Those after it are done when it would have been, too.
    for file in publish_all(newcomer, [({}, drawn(300, 300))] * 2):
        eventually(lambda file=file: ask(newcomer, file), is_developed)  # type: ignore[misc]
    for file in gone:
        expect_problem(ask(newcomer, file), 404)
    assert len(listed(newcomer)) == 2
