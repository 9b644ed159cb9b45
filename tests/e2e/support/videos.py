"""Videos: submitted, looked at, shown to everybody, voted for, and ranked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx

from tests.e2e.support.catalog import walk
from tests.e2e.support.clients import store
from tests.e2e.support.conventions import describe
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json, publish
from tests.e2e.support.shapes import Shape, either, number, one_of, text, time, uuid7
from tests.e2e.support.waiting import eventually

VIDEOS = "/v1/videos"
GALLERY = "/v1/public/videos"
RANKINGS = "/v1/public/rankings"
# A rendition takes a second; others may be waiting in front of it.
PATIENCE = 90


def seconds(value: Any) -> bool:
    """A length of time that is not nothing."""
    return type(value) in {int, float} and value > 0


def address(value: Any) -> bool:
    """A URL that leads somewhere by itself."""
    return isinstance(value, str) and value.startswith(("http://", "https://"))


def nothing(value: Any) -> bool:
    """Not known yet."""
    return value is None


# Each with `failure` beside these, which is null or absent unless it failed.
VIDEO: Shape = {
    "id": uuid7, "file_id": uuid7, "title": text,
    "status": one_of("processing", "ready", "failed", "public"), "duration": either(seconds),
    "width": either(number), "height": either(number), "processed_url": either(address),
    "poster_url": either(address), "votes": number, "created_at": time,
    "processed_at": either(time),
}  # fmt: skip
NEW_VIDEO: Shape = {
    **VIDEO, "status": one_of("processing"), "duration": nothing, "width": nothing,
    "height": nothing, "processed_url": nothing, "poster_url": nothing, "processed_at": nothing,
}  # fmt: skip
READY_VIDEO: Shape = {
    **VIDEO, "status": one_of("ready", "public"), "duration": seconds, "width": number,
    "height": number, "processed_url": address, "poster_url": address, "processed_at": time,
}  # fmt: skip
FAILED_VIDEO: Shape = {
    **VIDEO, "status": one_of("failed"), "processed_url": nothing, "poster_url": nothing,
}  # fmt: skip
EXHIBIT: Shape = {
    "id": uuid7, "title": text, "owner_name": text, "owner_city": either(text),
    "processed_url": address, "poster_url": address, "votes": number,
}  # fmt: skip
RANK: Shape = {
    "position": number, "user_id": uuid7, "name": text, "city": either(text), "votes": number,
}  # fmt: skip


def new_city() -> str:
    """A city where nobody else lives."""
    return f"Villa {uuid4().hex[:12]}"


def ask_for_video(person: Person, file: Json, **changes: Any) -> httpx.Response:
    """Ask for a video of a file, with some of the body's fields changed, whatever comes of it."""
    return person.http.post(VIDEOS, json=video_body(file, **changes))


def video_body(file: Json, **changes: Any) -> Json:
    """A body that makes a video of a file, with some of its fields changed."""
    return {"file_id": file["id"], "title": "At the forge"} | changes


def submit(person: Person, file: Json, **changes: Any) -> Json:
    """A new video of a file, on which nobody has worked yet."""
    answer = ask_for_video(person, file, **changes)
    assert answer.status_code == 202, describe(answer)
    video: Json = answer.json()
    return video


def path_of(video: Json) -> str:
    """The path of one's own video."""
    return f"{VIDEOS}/{video['id']}"


def look(person: Person, video: Json) -> Json:
    """One's own video as it stands now."""
    answer = person.http.get(path_of(video))
    assert answer.status_code == 200, describe(answer)
    seen: Json = answer.json()
    return seen


def processed(person: Person, video: Json) -> Json:
    """The video once nobody works on it any more."""
    return eventually(
        lambda: look(person, video), lambda seen: seen["status"] != "processing", PATIENCE
    )


def ready(person: Person, video: Json) -> Json:
    """The video once its rendition is there."""
    seen = processed(person, video)
    assert seen["status"] == "ready", seen
    return seen


def filmed(person: Person, data: bytes, **changes: Any) -> Json:
    """A ready video of these bytes, whose file is neither called a video nor said to be one."""
    return ready(person, submit(person, publish(person, data), **changes))


def listed(person: Person) -> list[Json]:
    """All of one's own videos, the newest first."""
    return walk(person.http, VIDEOS)


def ids(things: list[Json]) -> list[str]:
    """The ids of videos, in their order."""
    return [thing["id"] for thing in things]


def lasting(video: Json) -> Json:
    """What a video says that isn't presigned anew each time."""
    return {name: value for name, value in video.items() if not name.endswith("_url")}


def ask_to_show(person: Person, video: Json) -> httpx.Response:
    """Ask that everybody may see the video, whatever comes of it."""
    return person.http.post(f"{path_of(video)}/publish")


def ask_to_hide(person: Person, video: Json) -> httpx.Response:
    """Ask that nobody else may see the video any more, whatever comes of it."""
    return person.http.post(f"{path_of(video)}/unpublish")


def show(person: Person, video: Json) -> Json:
    """The video, public."""
    return _in_state(ask_to_show(person, video), "public")


def hide(person: Person, video: Json) -> Json:
    """The video, ready, but no longer public."""
    return _in_state(ask_to_hide(person, video), "ready")


def _in_state(answer: httpx.Response, status: str) -> Json:
    assert answer.status_code == 200, describe(answer)
    video: Json = answer.json()
    assert video["status"] == status, video
    return video


@contextmanager
def exhibited(owner: Person, video: Json) -> Iterator[Json]:
    """The video is public during the block."""
    public = show(owner, video)
    try:
        yield public
    finally:
        hide(owner, video)


def remove(person: Person, video: Json) -> httpx.Response:
    """Delete a video, whatever comes of it."""
    return person.http.delete(path_of(video))


def vote(person: Person, video: Json) -> httpx.Response:
    """Vote for a video, whatever comes of it."""
    return person.http.post(f"{GALLERY}/{video['id']}/vote")


def withdraw(person: Person, video: Json) -> httpx.Response:
    """Take one's vote back, whatever comes of it."""
    return person.http.delete(f"{GALLERY}/{video['id']}/vote")


def voted(person: Person, video: Json) -> int:
    """Vote for a video; gives the votes that it has then."""
    answer = vote(person, video)
    assert answer.status_code == 201, describe(answer)
    assert answer.json().keys() == {"video_id", "votes"}
    assert answer.json()["video_id"] == video["id"]
    assert number(answer.json()["votes"])
    return int(answer.json()["votes"])


def withdrawn(person: Person, video: Json) -> None:
    """Take back the vote that one has given."""
    answer = withdraw(person, video)
    assert answer.status_code == 204, describe(answer)


def gallery(anybody: httpx.Client, **query: Any) -> list[Json]:
    """All that the public gallery shows, the newest first."""
    return walk(anybody, GALLERY, **query)


def ranking(anybody: httpx.Client, **query: Any) -> list[Json]:
    """All people of the ranking, the first first."""
    return walk(anybody, RANKINGS, **query)


def part(url: str, first: int, last: int) -> httpx.Response:
    """Ask for some bytes as a player does, without a token, whatever comes of it."""
    return store().get(url, headers={"range": f"bytes={first}-{last}"})


def content(url: str) -> bytes:
    """All the bytes behind a URL, got without a token."""
    answer = store().get(url)
    assert answer.status_code == 200, describe(answer)
    return answer.content
