"""Videos, votes and rankings as they cross HTTP."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from fragua.schemas import Answer, BodyId, LeftOut, Request, Time, printable, visible

Title = Annotated[
    str, Field(min_length=1, max_length=200), AfterValidator(printable), AfterValidator(visible)
]


class NewVideo(Request):
    """A finished file of one's own to make a video of."""

    file_id: BodyId
    title: Title


class Failure(Answer):
    """Why no video could be made of a file."""

    code: str
    detail: str


class Video(Answer):
    """A video as its owner sees it: `duration` in seconds, size in pixels, of what was made.

    They and the URLs, which live for five minutes, are null until it is `ready`.
    """

    id: UUID
    file_id: UUID
    title: str
    status: Literal["processing", "ready", "failed", "public"]
    failure: LeftOut[Failure] = None
    duration: float | None
    width: int | None
    height: int | None
    processed_url: str | None
    poster_url: str | None
    votes: int
    created_at: Time
    processed_at: Time | None


class VideoPage(Answer):
    """A page of videos, newest first."""

    items: list[Video]
    next_cursor: str | None


class PublicVideo(Answer):
    """A video as everybody sees it; its URLs live for five minutes."""

    id: UUID
    title: str
    owner_name: str
    owner_city: str | None
    processed_url: str
    poster_url: str
    votes: int


class PublicVideoPage(Answer):
    """A page of the gallery, newest first."""

    items: list[PublicVideo]
    next_cursor: str | None


class Votes(Answer):
    """The votes of a video, the new one among them."""

    video_id: UUID
    votes: int


class Ranked(Answer):
    """Somebody's place by the votes of his public videos; who has as many shares it."""

    position: int
    user_id: UUID
    name: str
    city: str | None
    votes: int


class Rankings(Answer):
    """A page of the ranking, most votes first."""

    items: list[Ranked]
    next_cursor: str | None
