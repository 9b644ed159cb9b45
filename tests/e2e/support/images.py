"""Pictures that were uploaded, and what the API shows of them."""

from io import BytesIO
from typing import Any

import httpx
from PIL import Image

from tests.e2e.support.clients import store
from tests.e2e.support.conventions import describe
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json
from tests.e2e.support.waiting import eventually

IMAGES = "/v1/images"
CODEC = {"image/webp": "WEBP", "image/jpeg": "JPEG"}


def ask(person: Person, file: Json, **query: str) -> httpx.Response:
    """Ask for the image of a file, whatever comes of it."""
    return person.http.get(f"{IMAGES}/{file['id']}", params=query)


def image_of(person: Person, file: Json, **query: str) -> Json:
    """The image of a file as it stands now."""
    answer = ask(person, file, **query)
    assert answer.status_code == 200, describe(answer)
    image: Json = answer.json()
    return image


def developed(person: Person, file: Json, **query: str) -> Json:
    """The image of a file once it is ready or refused."""
    answer = eventually(lambda: ask(person, file, **query), is_developed)
    image: Json = answer.json()
    return image


def is_developed(answer: httpx.Response) -> bool:
    """Whether an answer shows an image on which nobody works any more."""
    return answer.status_code == 200 and answer.json()["status"] != "processing"


def listed(person: Person, **query: Any) -> list[Json]:
    """A person's images, newest first."""
    answer = person.http.get(IMAGES, params={"limit": 200} | query)
    assert answer.status_code == 200, describe(answer)
    items: list[Json] = answer.json()["items"]
    return items


def without_urls(image: Json) -> Json:
    """What an image says that isn't presigned anew each time."""
    stays = {name: value for name, value in image.items() if name != "original_url"}
    thumbnails = [thumbnail | {"url": ""} for thumbnail in image["thumbnails"]]
    return stays | {"thumbnails": thumbnails}


def sizes(image: Json) -> list[tuple[int, int]]:
    """Width and height of each thumbnail, the lowest first."""
    found = ((thumbnail["width"], thumbnail["height"]) for thumbnail in image["thumbnails"])
    return sorted(found, key=lambda size: size[1])


def opened(thumbnail: Json) -> Image.Image:
    """A thumbnail's picture; its bytes are what the API says of them."""
    answer = store().get(thumbnail["url"])
    assert answer.status_code == 200, describe(answer)
    assert answer.headers["content-type"] == thumbnail["content_type"]
    assert len(answer.content) == thumbnail["size"]
    picture = Image.open(BytesIO(answer.content))
    picture.load()
    assert picture.format == CODEC[thumbnail["content_type"]]
    assert picture.size == (thumbnail["width"], thumbnail["height"])
    return picture
