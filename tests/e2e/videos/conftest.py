"""Videos that many tests share: to make one takes a second of a processor."""

from pathlib import Path

import pytest

from tests.e2e.support.clips import cut_short
from tests.e2e.support.people import Person, register
from tests.e2e.support.sending import Json, publish
from tests.e2e.support.town import Town, build_town
from tests.e2e.support.videos import filmed, look, new_city, show, withdraw
from tests.support.footage import clip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whichever test comes first waits until what many share has been made."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(150))


@pytest.fixture(scope="session")
def town(base_url: str) -> Town:
    """Who has videos in the gallery, and votes."""
    return build_town(base_url)


@pytest.fixture(scope="session")
def filmmaker(base_url: str) -> Person:
    """Somebody with one good video, in a city of his own."""
    return register(base_url, first_name="Fil", last_name="Maker", city=new_city())


@pytest.fixture(scope="session")
def film(filmmaker: Person) -> Json:
    """The filmmaker's video, as it became ready."""
    return filmed(filmmaker, clip(), title="The film")


@pytest.fixture(scope="session")
def voters(base_url: str) -> list[Person]:
    """People without videos, who vote for those of others."""
    return [register(base_url) for _ in range(5)]


@pytest.fixture
def shown(filmmaker: Person, film: Json, voters: list[Person]) -> Json:
    """The film, public, and without any vote."""
    if show(filmmaker, film)["votes"]:
        for voter in voters:
            withdraw(voter, film)
    video = look(filmmaker, film)
    assert video["votes"] == 0
    return video


@pytest.fixture(scope="module")
def beginner(base_url: str) -> Person:
    """Somebody whose clips are broken: nothing comes of them, which costs next to nothing."""
    return register(base_url)


@pytest.fixture(scope="module")
def broken(beginner: Person) -> Json:
    """A file that looks like a video and is none; any number of videos may be tried of it."""
    return publish(beginner, cut_short(), file_name="broken.mp4")
