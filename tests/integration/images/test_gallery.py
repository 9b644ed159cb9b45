"""Odd and hostile pictures each come to a good end, and cost little."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.support.gallery import all_pictures
from tests.support.gallery.containers import superfluous
from tests.support.gallery.exhibit import SECRET, Exhibit, Ready, Refused
from tests.support.gallery.visit import HEIGHTS, MEGABYTE, Visit, visit

pytestmark = pytest.mark.slow

GALLERY = all_pictures()
READY = {name: e.expected for name, e in GALLERY.items() if isinstance(e.expected, Ready)}
REFUSED = {name: e.expected for name, e in GALLERY.items() if isinstance(e.expected, Refused)}
SEEN = [name for name, expected in READY.items() if expected.looks]

# Of one picture: seconds of a processor, and bytes of the 512 MB that a function has.
CPU, PEAK = 5.5, 512 * MEGABYTE

Visited = Callable[[str], Visit]


@pytest.fixture(scope="module", autouse=True)
def uncounted() -> Iterator[None]:
    """Let coverage out of the processes that are measured: its time would be taken for theirs."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Visited:
    """Bring an exhibit, by name, to its end; once, however many tests ask."""
    folder = tmp_path_factory.mktemp("gallery")
    visits: dict[str, Visit] = {}

    def of(name: str) -> Visit:
        if name not in visits:
            visits[name] = visit(GALLERY[name], folder)
        return visits[name]

    return of


def rule(width: int, height: int) -> list[tuple[int, int]]:
    """Return the sizes that a picture is made into: width to the nearest pixel, and height."""
    heights = sorted({min(height, wanted) for wanted in HEIGHTS})
    return [(max(1, (2 * width * low + height) // (2 * height)), low) for low in heights]


def opened(data: bytes) -> Image.Image:
    """Return the first frame as it looks in a white page."""
    shown = Image.open(io.BytesIO(data)).convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown).convert("RGB")


def distance(one: Image.Image, other: Image.Image) -> float:
    """Return how far samples differ on average, of 255; of the channel that differs most."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


@pytest.mark.parametrize("name", READY)
def test_it_is_taken_for_a_picture_when_it_is_published(visited: Visited, name: str) -> None:
    assert visited(name).detected == f"image/{GALLERY[name].format}"


@pytest.mark.parametrize("name", GALLERY)
def test_it_costs_less_than_a_function_has(visited: Visited, name: str) -> None:
    done = visited(name)
    assert done.cpu < CPU
    assert done.peak < PEAK


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_words_that_its_owner_understands(visited: Visited, name: str) -> None:
    refusal, expected = visited(name).refusal, REFUSED[name]
    assert refusal.code in {expected.code, expected.or_else}, refusal.reason
    assert re.fullmatch(r"The (file|picture) [^\n]{20,180}\.", refusal.reason)
    # Nothing of the machinery, of a path or of a decoder's own words.
    assert not re.search(r"Error|Traceback|0x|/|\bNone\b|PIL|lib", refusal.reason)


@pytest.mark.parametrize("name", READY)
def test_it_is_known_by_its_displayed_size(visited: Visited, name: str) -> None:
    picture, expected = visited(name).picture, READY[name]
    assert picture.format == GALLERY[name].format
    assert (picture.width, picture.height) == (expected.width, expected.height)
    assert re.fullmatch(r"#[0-9a-f]{6}", picture.dominant_color)
    assert 5 <= len(base64.b64decode(picture.thumbhash, validate=True)) <= 25


@pytest.mark.parametrize("name", READY)
def test_its_thumbnails_have_the_sizes_of_the_rule(visited: Visited, name: str) -> None:
    done, expected = visited(name), READY[name]
    sizes: dict[str, list[tuple[int, int]]] = {"image/webp": [], "image/jpeg": []}
    for thumbnail in done.picture.thumbnails:
        data = done.files[thumbnail.file]
        with Image.open(io.BytesIO(data)) as image:
            assert image.get_format_mimetype() == thumbnail.content_type
            assert image.size == (thumbnail.width, thumbnail.height)
        assert thumbnail.size == len(data)
        sizes[thumbnail.content_type].append(image.size)
    wanted = rule(expected.width, expected.height)
    assert {kind: sorted(found, key=lambda size: size[1]) for kind, found in sizes.items()} == {
        "image/webp": wanted,
        "image/jpeg": wanted,
    }


@pytest.mark.parametrize("name", READY)
def test_its_thumbnails_carry_no_metadata(visited: Visited, name: str) -> None:
    for file, data in visited(name).files.items():
        assert not superfluous(data), file
        assert SECRET not in data, file


@pytest.mark.parametrize("name", SEEN)
def test_its_thumbnails_look_like_it(visited: Visited, name: str) -> None:
    expected = READY[name]
    assert expected.looks
    reference = expected.looks().convert("RGB")
    for file, data in visited(name).files.items():
        shown = opened(data)
        small = reference.resize(shown.size, Image.Resampling.LANCZOS)
        assert distance(shown, small) < expected.tolerance, file


@pytest.mark.parametrize("number", range(2, 9))
@pytest.mark.parametrize("kind", ["jpeg", "png", "tiff"])
def test_each_pixel_is_where_it_is_when_stored_upright(
    visited: Visited, kind: str, number: int
) -> None:
    upright, turned = (visited(f"{kind}-orientation-{n}").files for n in (1, number))
    for file, data in upright.items():
        difference = ImageChops.difference(opened(data), opened(turned[file]))
        # An edge that is one pixel off differs by more than a codec's noise.
        assert max(high for _, high in ImageStat.Stat(difference).extrema) < 60, file


@pytest.mark.parametrize("name", READY)
def test_its_frames_are_kept_in_webp(visited: Visited, name: str) -> None:
    for thumbnail in visited(name).picture.thumbnails:
        with Image.open(visited(name).folder / thumbnail.file) as image:
            webp = thumbnail.content_type == "image/webp"
            assert getattr(image, "n_frames", 1) == (READY[name].frames if webp else 1)


@pytest.mark.parametrize("name", ["gif-moving", "png-apng", "webp-moving"])
def test_its_frames_are_shown_as_long_as_before(visited: Visited, name: str) -> None:
    for thumbnail in visited(name).picture.thumbnails:
        if thumbnail.content_type == "image/webp":
            with Image.open(visited(name).folder / thumbnail.file) as image:
                assert [duration(image, number) for number in range(3)] == [100, 200, 300]


def duration(image: Image.Image, number: int) -> object:
    """Return how long a frame is shown, in milliseconds."""
    image.seek(number)
    image.load()
    return image.info["duration"]


# Asked alone, it has all of them to visit.
@pytest.mark.timeout(300)
def test_the_next_picture_is_processed_after_all_of_them(visited: Visited, tmp_path: Path) -> None:
    for name in GALLERY:
        visited(name)
    ordinary = Exhibit("jpeg-ordinary", GALLERY["jpeg-baseline"].make)
    assert len(visit(ordinary, tmp_path).picture.thumbnails) == 4


def test_most_of_the_gallery_is_odd_or_hostile() -> None:
    assert len(GALLERY) >= 70
    assert len(REFUSED) >= 40
