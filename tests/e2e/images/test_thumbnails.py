"""Pictures become images by themselves, with thumbnails as the plan allows."""

import pytest
from PIL import Image

from tests.e2e.support.buckets import make
from tests.e2e.support.clients import store
from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.images import ask, developed, image_of, listed, opened, sizes
from tests.e2e.support.people import Person, register
from tests.e2e.support.pictures import (
    BLUE,
    GREEN,
    RED,
    WHITE,
    alike,
    corners,
    drawn,
    encoded,
    png,
    tagged,
)
from tests.e2e.support.relaying import relay
from tests.e2e.support.sending import Json, finished, forge, publish_all, settled
from tests.e2e.support.shapes import IMAGE, READY_IMAGE, assert_shape

ARTIST = "somebody who wants to stay unknown"
# name: the bytes, the format, the size as displayed, the size of the one thumbnail
PICTURES: dict[str, tuple[bytes, str, tuple[int, int], tuple[int, int]]] = {
    "a JPEG": (drawn(800, 600), "jpeg", (800, 600), (267, 200)),
    "a progressive JPEG": (drawn(640, 480, progressive=True), "jpeg", (640, 480), (267, 200)),
    "a tall PNG": (drawn(300, 500, "PNG"), "png", (300, 500), (120, 200)),
    "a GIF": (drawn(250, 250, "GIF"), "gif", (250, 250), (200, 200)),
    "a WebP": (drawn(401, 300, "WEBP"), "webp", (401, 300), (267, 200)),
    "a BMP": (drawn(220, 220, "BMP"), "bmp", (220, 220), (200, 200)),
    "a TIFF": (drawn(220, 220, "TIFF"), "tiff", (220, 220), (200, 200)),
    "just as high": (drawn(90, 200, "PNG"), "png", (90, 200), (90, 200)),
    "a pixel higher": (drawn(90, 201, "PNG"), "png", (90, 201), (90, 200)),
    "a pixel lower": (drawn(90, 199, "PNG"), "png", (90, 199), (90, 199)),
    "small": (drawn(60, 50, "PNG"), "png", (60, 50), (60, 50)),
    "one pixel": (png(), "png", (1, 1), (1, 1)),
    "wide and low": (drawn(4000, 2, "PNG"), "png", (4000, 2), (4000, 2)),
    "high and narrow": (drawn(2, 4000, "PNG"), "png", (2, 4000), (1, 200)),
    "on its side": (tagged(800, 600, 6, ARTIST), "jpeg", (600, 800), (150, 200)),
    "upside down": (tagged(640, 480, 3, ARTIST), "jpeg", (640, 480), (267, 200)),
    "mirrored and on its side": (tagged(640, 480, 5, ARTIST), "jpeg", (480, 640), (150, 200)),
    "grey": (encoded(Image.new("L", (400, 400), 90), "JPEG"), "jpeg", (400, 400), (200, 200)),
    "see-through": (
        encoded(Image.new("RGBA", (400, 400), (*RED, 0)), "PNG"), "png", (400, 400), (200, 200)
    ),
}  # fmt: skip
# How the corners of these are seen, row by row; they are stored red and green, blue and white.
SEEN = {
    "a JPEG": [RED, GREEN, BLUE, WHITE],
    "on its side": [BLUE, RED, WHITE, GREEN],
    "upside down": [WHITE, BLUE, GREEN, RED],
    "mirrored and on its side": [RED, BLUE, GREEN, WHITE],
}
# What JPEG and WebP call such notes.
WRITTEN = (b"Exif", b"EXIF", b"ICC_PROFILE", b"ICCP", b"XMP ", b"http")
KINDS = {"webp": "image/webp", "jpeg": "image/jpeg"}


@pytest.fixture(scope="module")
def painter(base_url: str) -> Person:
    """Somebody who uploads pictures and leaves the plan as it is."""
    return register(base_url)


@pytest.fixture(scope="module")
def files(painter: Person) -> dict[str, Json]:
    """The pictures, as files whose names and types say nothing of it."""
    fields = {"file_name": "accounts.txt", "content_type": "text/plain"}
    made = publish_all(painter, [(fields, data) for data, *_ in PICTURES.values()])
    return dict(zip(PICTURES, made, strict=True))


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_becomes_an_image_whatever_it_is_called(
    painter: Person, files: dict[str, Json], name: str
) -> None:
    _, kind, (width, height), thumbnail = PICTURES[name]
    image = developed(painter, files[name])
    assert_shape(image, READY_IMAGE, "refusal", "original_url")
    assert (image["file_id"], image["name"]) == (files[name]["id"], "accounts.txt")
    assert (image["format"], image["width"], image["height"]) == (kind, width, height)
    assert sizes(image) == [thumbnail]
    assert image.get("refusal") is None
    assert opened(image["thumbnails"][0]).format == "WEBP"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["a JPEG", "on its side", "small", "see-through"])
def test_a_thumbnail_is_had_in_either_format(
    painter: Person, files: dict[str, Json], name: str, kind: str
) -> None:
    developed(painter, files[name])
    image = image_of(painter, files[name], format=kind)
    assert [thumbnail["content_type"] for thumbnail in image["thumbnails"]] == [KINDS[kind]]
    assert sizes(image) == [PICTURES[name][3]]
    assert opened(image["thumbnails"][0]).size == PICTURES[name][3]


@pytest.mark.parametrize("kind", ["", "png", "JPEG2000", "image/jpeg", "webp,jpeg", "%00"])
def test_a_format_that_there_is_not_is_refused(
    painter: Person, files: dict[str, Json], kind: str
) -> None:
    for path in (f"/v1/images/{files['small']['id']}", "/v1/images"):
        expect_problem(painter.http.get(f"{path}?format={kind}"), {400, 422})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SEEN)
def test_a_thumbnail_shows_the_picture_upright(
    painter: Person, files: dict[str, Json], name: str, kind: str
) -> None:
    developed(painter, files[name])
    thumbnail = image_of(painter, files[name], format=kind)["thumbnails"][0]
    found = corners(opened(thumbnail))
    assert all(map(alike, found, SEEN[name])), found


def test_what_is_see_through_stays_so_in_webp_and_is_white_in_jpeg(
    painter: Person, files: dict[str, Json]
) -> None:
    developed(painter, files["see-through"])
    webp, jpeg = (image_of(painter, files["see-through"], format=kind) for kind in KINDS)
    alpha = opened(webp["thumbnails"][0]).convert("RGBA").getchannel("A")
    assert alpha.getextrema() == (0, 0)
    assert all(alike(corner, WHITE) for corner in corners(opened(jpeg["thumbnails"][0])))


@pytest.mark.parametrize("kind", KINDS)
def test_no_thumbnail_carries_what_the_camera_wrote(
    painter: Person, files: dict[str, Json], kind: str
) -> None:
    developed(painter, files["on its side"])
    for thumbnail in image_of(painter, files["on its side"], format=kind)["thumbnails"]:
        data = store().get(thumbnail["url"]).content
        assert ARTIST.encode() not in data
        assert not any(word in data for word in WRITTEN)
        assert dict(opened(thumbnail).getexif()) == {}


def test_the_plan_basic_shows_one_height_and_no_original(
    painter: Person, files: dict[str, Json]
) -> None:
    image = developed(painter, files["a JPEG"])
    assert [thumbnail["height"] for thumbnail in image["thumbnails"]] == [200]
    assert image.get("original_url") is None


def test_the_dominant_colour_is_the_pictures(painter: Person, files: dict[str, Json]) -> None:
    grey = developed(painter, files["grey"])["dominant_color"]
    assert alike(tuple(bytes.fromhex(grey[1:])), (90, 90, 90))


def test_a_thumbnails_url_cannot_be_changed(painter: Person, files: dict[str, Json]) -> None:
    url = developed(painter, files["a JPEG"])["thumbnails"][0]["url"]
    place, mark, signature = url.partition("X-Amz-Signature=")
    forged = ("1" if signature[0] == "0" else "0") + signature[1:]
    assert store().get(place + mark + forged).status_code == 403
    assert store().get(url.partition("?")[0]).status_code == 403
    assert store().put(url, content=b"other bytes").status_code == 403
    assert painter.tokens["access_token"] not in url
    assert "accounts.txt" not in url


def test_a_picture_is_an_image_from_the_moment_that_it_is_a_file(newcomer: Person) -> None:
    file = finished(newcomer, forge(newcomer, drawn(300, 300)))
    seen = image_of(newcomer, file)
    assert_shape(seen, IMAGE, "refusal", "original_url")
    assert seen["status"] in {"processing", "ready"}
    assert [image["file_id"] for image in listed(newcomer)] == [file["id"]]
    assert developed(newcomer, file)["status"] == "ready"


def test_a_relayed_picture_and_one_in_a_bucket_become_images_too(newcomer: Person) -> None:
    relayed = finished(newcomer, relay(newcomer, drawn(500, 250), fragment_size=1000))
    inside = finished(
        newcomer, settled(newcomer, forge(newcomer, drawn(250, 500), bucket=make(newcomer)))
    )
    assert sizes(developed(newcomer, relayed)) == [(400, 200)]
    assert sizes(developed(newcomer, inside)) == [(100, 200)]
    for file in (relayed, inside):
        opened(developed(newcomer, file)["thumbnails"][0])


def test_nobody_else_sees_an_image(
    painter: Person, files: dict[str, Json], bob: Person, superadmin: Person
) -> None:
    developed(painter, files["small"])
    for person in (bob, superadmin):
        expect_problem(ask(person, files["small"]), 404)
        expect_problem(ask(person, files["small"], format="jpeg"), 404)
        assert files["small"]["id"] not in [image["file_id"] for image in listed(person)]
