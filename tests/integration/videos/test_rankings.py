"""The ranking is that of somebody who counts all votes anew, after whatever was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import hypothesis
import sqlalchemy as sa
from hypothesis import strategies as st

from fragua.accounts.tables import users
from fragua.database import writer
from fragua.errors import Invalid, Problem
from fragua.videos import gallery, rankings, service
from fragua.videos.rankings import Place
from fragua.videos.tables import players, videos, votes
from tests.support.backend import Client
from tests.support.videos import public, ready, voters

PEOPLE, VIDEOS, VOTERS = 4, 6, 4
CITIES = ("Ávila", "ÁVILA la Real", "Burgos", "%", None)

Do = st.sampled_from(["vote", "vote", "vote", "withdraw", "publish", "unpublish", "delete", "turn"])
STEPS = st.lists(
    st.tuples(Do, st.integers(0, VIDEOS - 1), st.integers(0, VOTERS + PEOPLE - 1)), max_size=40
)


@dataclass
class World:
    """People with videos, and people who vote; what was done is kept here a second time."""

    town: str = field(default_factory=lambda: uuid4().hex)
    people: list[UUID] = field(default_factory=list)
    videos: list[tuple[int, UUID]] = field(default_factory=list)
    public: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    votes: set[tuple[int, int]] = field(default_factory=set)
    inactive: set[int] = field(default_factory=set)

    def do(self, what: str, video: int, person: int) -> None:
        """Take a step, if the product lets us; remember what it must have changed."""
        owner, video_id = self.videos[video]
        caller = self.people[person]
        steps: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
            "vote": (
                lambda: gallery.vote(caller, video_id),
                lambda: self.votes.add((video, person)),
            ),
            "withdraw": (
                lambda: gallery.withdraw(caller, video_id),
                lambda: self.votes.remove((video, person)),
            ),
            "publish": (
                lambda: service.publish(self.people[owner], video_id),
                lambda: self.public.add(video),
            ),
            "unpublish": (
                lambda: service.unpublish(caller, video_id, moderates=True),
                lambda: self.public.discard(video),
            ),
            "delete": (
                lambda: service.delete(self.people[owner], video_id),
                lambda: self.gone.add(video),
            ),
            "turn": (lambda: self._turn(owner), lambda: None),
        }
        act, remember = steps[what]
        try:
            act()
        except Problem:
            return
        remember()

    def _turn(self, owner: int) -> None:
        self.inactive ^= {owner}
        one = users.update().where(users.c.id == self.people[owner])
        with writer() as db:
            db.execute(one.values(active=owner not in self.inactive))

    def expected(self, city: str = "") -> list[tuple[int, UUID, int]]:
        """Count all votes anew."""
        shown = [(at, owner) for at, (owner, _) in enumerate(self.videos) if at in self.public]
        cast = Counter(video for video, _ in self.votes)
        own = {
            owner: sum(cast[at] for at, whose in shown if whose == owner)
            for _, owner in shown
            if owner not in self.inactive
            and self.city(owner).casefold().startswith(city.casefold())
        }
        ordered = sorted(own, key=lambda owner: (own[owner], self.people[owner]), reverse=True)
        return [
            (1 + sum(other > own[owner] for other in own.values()), self.people[owner], own[owner])
            for owner in ordered
        ]

    def city(self, owner: int) -> str:
        """The city of somebody: in a town of this world's own."""
        return f"{self.town} {CITIES[owner % len(CITIES)]}"


def begin(client: Client) -> World:
    """People with two videos at most each, in the cities of a town of their own."""
    world = World()
    world.people = voters(PEOPLE + VOTERS)
    with writer() as db:
        for at in range(PEOPLE):
            city = world.city(at)
            one = users.update().where(users.c.id == world.people[at])
            db.execute(one.values(city=city, city_key=city.casefold()))
    for at in range(VIDEOS):
        owner = at % (PEOPLE - 1)
        world.videos.append((owner, UUID(ready(client, owner_id=world.people[owner]))))
        # So that most steps find something to do.
        world.do("publish", at, owner)
    return world


def ranked(city: str, limit: int) -> list[tuple[int, UUID, int]]:
    """Read the whole ranking of a city, in pages."""
    found, after = list[tuple[int, UUID, int]](), None
    while True:
        items, after = rankings.page(city, limit, after)
        found += [(one.position, one.user_id, one.votes) for one in items]
        if after is None:
            return found
        after = Place.read(after.write())


@hypothesis.given(STEPS)
@hypothesis.settings(
    max_examples=25,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
def test_the_ranking_is_that_of_a_count(client: Client, steps: list[tuple[str, int, int]]) -> None:
    world = begin(client)
    for what, video, person in steps:
        world.do(what, video, person)
    for city in ("", " ávila", " Á", " ÁVILA la", " %", " nowhere"):
        expected = world.expected(world.town + city)
        for limit in (1, 2, 50):
            assert ranked(world.town.upper() + city, limit) == expected
    assert counters(world) == recounted(world)


def counters(world: World) -> dict[UUID, tuple[int, int]]:
    """What is kept of the people's videos and votes."""
    own = players.c.user_id.in_(world.people)
    with writer() as db:
        rows = db.execute(
            sa.select(players.c.user_id, players.c.videos, players.c.votes).where(own)
        )
        return {
            row.user_id: (row.videos, row.votes)
            for row in rows
            if (row.videos, row.votes) != (0, 0)
        }


def recounted(world: World) -> dict[UUID, tuple[int, int]]:
    """The same, counted anew by the database."""
    cast = sa.select(votes.c.video_id, sa.func.count().label("many")).group_by(votes.c.video_id)
    each = cast.subquery()
    many = sa.func.coalesce(sa.func.sum(each.c.many), 0)
    query = sa.select(videos.c.owner_id, sa.func.count(videos.c.id), many)
    joined = query.outerjoin(each, each.c.video_id == videos.c.id).group_by(videos.c.owner_id)
    public = (videos.c.owner_id.in_(world.people), videos.c.status == "public")
    with writer() as db:
        return {
            owner: (count, int(votes)) for owner, count, votes in db.execute(joined.where(*public))
        }


def test_thirty_people_without_a_vote_are_all_shown_once(client: Client) -> None:
    # Pages without a tie-break missed players where this came from.
    town, people = uuid4().hex, voters(30)
    with writer() as db:
        db.execute(users.update().where(users.c.id.in_(people)).values(city=town, city_key=town))
    for person in people:
        service.publish(person, UUID(ready(client, owner_id=person)))
    for limit in (1, 7, 30):
        found = ranked(town, limit)
        assert [position for position, _, _ in found] == [1] * 30
        assert [user_id for _, user_id, _ in found] == sorted(people, reverse=True)


def test_positions_go_on_after_a_page_whose_last_ones_share_theirs(client: Client) -> None:
    town, people, cast = uuid4().hex, voters(5), (3, 2, 2, 2, 1)
    with writer() as db:
        db.execute(users.update().where(users.c.id.in_(people)).values(city=town, city_key=town))
    for person, count in zip(people, cast, strict=True):
        video_id = UUID(ready(client, owner_id=person))
        service.publish(person, video_id)
        for voter in voters(count):
            gallery.vote(voter, video_id)
    for limit in range(1, 6):
        assert [place for place, _, _ in ranked(town, limit)] == [1, 2, 2, 2, 5]


PLACES = st.from_regex(r"[0-9]{1,3}/[0-9a-f-]{34,37}/[0-9]{1,3}/[0-9]{1,3}\n?", fullmatch=True)
NUMBERS = st.integers(0, 10**18 - 1)


@hypothesis.given(PLACES | st.text(max_size=60))
@hypothesis.example("1/" + "-" * 36 + "/1/1")
@hypothesis.example(f"007/{UUID(int=7)}/1/1")
@hypothesis.example(f"\u0661/{UUID(int=7)}/1/1")
def test_no_other_text_is_a_place(text: str) -> None:
    try:
        place = Place.read(text)
    except Invalid:
        return
    assert place is not None
    assert place.write() == text


@hypothesis.given(st.builds(Place, NUMBERS, st.uuids(), NUMBERS, NUMBERS))
def test_a_place_is_read_as_it_was_written(place: Place) -> None:
    assert Place.read(place.write()) == place


def test_who_has_unpublished_all_is_ranked_no_more(client: Client) -> None:
    town, owner, video_id = uuid4().hex, UUID(client.user_id), UUID(public(client))
    with writer() as db:
        db.execute(users.update().where(users.c.id == owner).values(city=town, city_key=town))
    assert ranked(town, 1) == [(1, owner, 0)]
    service.unpublish(owner, video_id, moderates=False)
    assert ranked(town, 1) == []
