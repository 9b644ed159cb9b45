"""What the people tell when all of them are gone: one JSON, from their process to the runner's.

Times are seconds since the epoch. Only the standard library: this is imported in both environments.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from math import ceil

BEGIN = "POST /v1/uploads"
SEND = "PUT fragment, to the store"
COMPLETE = "POST /v1/uploads/{id}/complete"
# What the one does who uploads when all others just wait for their videos to be made.
LATE = "late: "


@dataclass(frozen=True)
class Request:
    """One request: what it was, when it began, its milliseconds, and what went wrong, if it did."""

    label: str
    began: float
    took: float
    error: str | None = None


@dataclass(frozen=True)
class Upload:
    """From the first request of an upload to the answer of the one that completes it."""

    began: float
    answered: float

    @property
    def took(self) -> float:
        """Milliseconds."""
        return 1000 * (self.answered - self.began)


@dataclass
class Story:
    """What became of one person.

    `waits` as soon as there is nothing left to do but wait for the video; `made` is when the video
    was, `trouble` why it went no further.
    """

    began: float
    upload: Upload | None = None
    voted: bool = False
    waits: bool = False
    made: float | None = None
    public: float | None = None
    trouble: str | None = None


@dataclass
class Result:
    """All of one scenario; `late` are uploads begun when all others just waited for a video."""

    requests: list[Request] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)
    late: list[Upload] = field(default_factory=list)

    @property
    def uploads(self) -> list[Upload]:
        """Those of the people themselves."""
        return [story.upload for story in self.stories if story.upload]

    @property
    def began(self) -> float:
        """When the first one came."""
        return min(story.began for story in self.stories)

    @property
    def answered(self) -> float:
        """When the last of the people's uploads was answered; the beginning if none was."""
        return max((upload.answered for upload in self.uploads), default=self.began)

    @property
    def left(self) -> int:
        """How many of the videos were not made yet at that moment."""
        made = [story.made for story in self.stories if story.made]
        return len(self.uploads) - sum(each <= self.answered for each in made)

    @property
    def late_while_making(self) -> list[Upload]:
        """The late uploads that were answered before the last video was made."""
        last = max((story.made for story in self.stories if story.made), default=0.0)
        return [upload for upload in self.late if upload.answered <= last]

    def took(self, label: str) -> list[float]:
        """Milliseconds of all requests with a label."""
        return [request.took for request in self.requests if request.label == label]

    def dumps(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self))


def loads(text: str) -> Result:
    """Read what `Result.dumps` wrote."""
    told = json.loads(text)
    for story in told["stories"]:
        story["upload"] = story["upload"] and Upload(**story["upload"])
    return Result(
        [Request(**request) for request in told["requests"]],
        [Story(**story) for story in told["stories"]],
        [Upload(**upload) for upload in told["late"]],
    )


def percentile(values: Iterable[float], share: float) -> float:
    """The nearest rank: the least value that `share` of all do not exceed; NaN of none."""
    ordered = sorted(values)
    return ordered[ceil(share * len(ordered)) - 1] if ordered else float("nan")
