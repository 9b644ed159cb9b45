"""What images show changes with the plan, without a new upload."""

import pytest

from tests.e2e.support.clients import store
from tests.e2e.support.images import developed, image_of, listed, opened, sizes
from tests.e2e.support.people import Person, register
from tests.e2e.support.pictures import drawn
from tests.e2e.support.plans import basic_with
from tests.e2e.support.sending import Json, publish
from tests.e2e.support.waiting import eventually

DATA = drawn(800, 600)
# The pictures of everybody on the plan get the new heights, and there may be many.
PATIENCE = 90
pytestmark = pytest.mark.timeout(150)


@pytest.fixture(scope="module")
def member(base_url: str) -> Person:
    """Somebody on the plan that changes."""
    return register(base_url)


@pytest.fixture(scope="module")
def files(member: Person) -> dict[str, Json]:
    """A picture higher than each height, one between two of them, and one that is lower."""
    made = {"high": DATA, "between": drawn(300, 300, "PNG"), "low": drawn(60, 50, "PNG")}
    found = {name: publish(member, data) for name, data in made.items()}
    for file in found.values():
        developed(member, file)
    return found


def expect_sizes(member: Person, file: Json, *expected: tuple[int, int]) -> Json:
    """The image shows thumbnails of these sizes, now or soon; gives the image."""
    image = eventually(
        lambda: image_of(member, file),
        lambda image: (image["status"], sizes(image)) == ("ready", list(expected)),
        PATIENCE,
    )
    for thumbnail in image["thumbnails"]:
        opened(thumbnail)
    return image


def test_the_original_is_shown_as_long_as_the_plan_says(
    superadmin: Person, member: Person, files: dict[str, Json]
) -> None:
    assert image_of(member, files["high"]).get("original_url") is None
    with basic_with(superadmin, original_link=True):
        url = image_of(member, files["high"])["original_url"]
        assert store().get(url).content == DATA
        assert all(image["original_url"] for image in listed(member))
        assert store().get(url.partition("?")[0]).status_code == 403
    assert image_of(member, files["high"]).get("original_url") is None
    assert not any(image.get("original_url") for image in listed(member))


def test_other_heights_appear_without_a_new_upload_and_go_again(
    superadmin: Person, member: Person, files: dict[str, Json]
) -> None:
    expected = [(160, 120), (444, 333), (533, 400)]
    with basic_with(superadmin, thumbnail_heights=[120, 333, 400]):
        image = expect_sizes(member, files["high"], *expected)
        assert image["file_id"] == files["high"]["id"]
        jpeg = image_of(member, files["high"], format="jpeg")
        assert sizes(jpeg) == expected
        for thumbnail in jpeg["thumbnails"]:
            assert opened(thumbnail).format == "JPEG"
    assert sizes(image_of(member, files["high"])) == [(267, 200)]


def test_no_picture_is_ever_enlarged(
    superadmin: Person, member: Person, files: dict[str, Json]
) -> None:
    with basic_with(superadmin, thumbnail_heights=[200, 400]):
        expect_sizes(member, files["between"], (200, 200), (300, 300))
        expect_sizes(member, files["low"], (60, 50))
    expect_sizes(member, files["between"], (200, 200))
    with basic_with(superadmin, thumbnail_heights=[400]):
        expect_sizes(member, files["between"], (300, 300))
        expect_sizes(member, files["low"], (60, 50))


def test_a_picture_that_comes_after_the_change_has_the_heights_of_the_plan(
    superadmin: Person, member: Person
) -> None:
    with basic_with(superadmin, thumbnail_heights=[200, 400]):
        file = publish(member, drawn(400, 800))
        assert sizes(developed(member, file)) == [(100, 200), (200, 400)]
    assert sizes(image_of(member, file)) == [(100, 200)]
