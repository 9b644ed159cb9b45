"""A town where everybody has a video in the gallery, and votes for those of others."""

from dataclasses import dataclass
from uuid import uuid4

from tests.e2e.support.people import Person, register
from tests.e2e.support.sending import Json, publish
from tests.e2e.support.videos import ready, show, submit, voted
from tests.support.footage import clip

# What follows the town's own name in each one's city; the last one writes the name in capitals.
ENDINGS = ["", "%x", "_x", "\u00c9x"]
# Who votes for whom: the first two have two votes each, the third one, the last none.
VOTES = {0: [1, 2], 1: [0, 2], 2: [0]}
POSITIONS = [1, 1, 3, 4]


@dataclass(frozen=True)
class Town:
    """People, and a public video of each, the oldest first.

    `spare` is another one of the first one's, younger than all; tests make it public for a while.
    """

    name: str
    people: list[Person]
    videos: list[Json]
    spare: Json

    @property
    def mayor(self) -> Person:
        """Whose the spare video is, too."""
        return self.people[0]


def build_town(base_url: str) -> Town:
    """Make all of it."""
    name = f"Fragua {uuid4().hex[:12]}"
    cities = [f"{name}{ending}" for ending in ENDINGS[:-1]] + [f"{name.upper()}{ENDINGS[-1]}"]
    people = [register(base_url, first_name=f"N{n}", city=city) for n, city in enumerate(cities)]
    new = [_submitted(person, title=f"Video {n}") for n, person in enumerate(people)]
    spare = _submitted(people[0], title="Spare")
    made = [ready(person, video) for person, video in zip(people, new, strict=True)]
    videos = [show(person, video) for person, video in zip(people, made, strict=True)]
    for wanted, voters in VOTES.items():
        for voter in voters:
            voted(people[voter], videos[wanted])
    return Town(name, people, videos, ready(people[0], spare))


def _submitted(person: Person, title: str) -> Json:
    return submit(person, publish(person, clip(), file_name="town.mp4"), title=title)
