"""Presigned URLs are asked for in time, in batches, and again when one is refused."""

from __future__ import annotations

import time
from collections.abc import Sequence

from fragua_client.models import Fragment
from fragua_client.urls import Urls


class Server:
    """Hands out URLs that live for `life` seconds, and notes what it was asked for."""

    def __init__(self, life: float = 3600) -> None:
        self.life = life
        self.asked: list[list[int]] = []

    def __call__(self, numbers: Sequence[int]) -> list[Fragment]:
        self.asked.append(list(numbers))
        return [self.fragment(number) for number in numbers]

    def fragment(self, number: int) -> Fragment:
        url = f"https://store/{number}/{len(self.asked)}"
        return Fragment(number, 0, 1, url, {}, time.monotonic() + self.life)


def test_known_urls_are_not_asked_for() -> None:
    server = Server()
    urls = Urls(server, [1, 2], [server.fragment(1), server.fragment(2)])
    assert urls.get(1).number == 1
    assert server.asked == []


def test_the_next_thousand_come_in_one_request() -> None:
    server = Server()
    urls = Urls(server, range(1, 2502))
    assert [urls.get(number).number for number in (1, 1000, 1001, 2001)] == [1, 1000, 1001, 2001]
    assert [len(batch) for batch in server.asked] == [1000, 1000, 501]


def test_a_url_about_to_expire_is_replaced_before_it_is_used() -> None:
    server = Server()
    dying = Fragment(1, 0, 1, "https://store/dying", {}, time.monotonic() + 5)
    assert Urls(server, [1], [dying]).get(1).url != dying.url


def test_a_url_that_lives_too_short_is_used_all_the_same() -> None:
    assert Urls(Server(life=0.3), [1]).get(1).number == 1


def test_a_refused_url_is_replaced_and_only_that_one() -> None:
    server = Server()
    urls = Urls(server, [1, 2])
    refused = urls.get(1)
    urls.drop(refused)
    fresh = urls.get(1)
    assert fresh.url != refused.url
    assert server.asked == [[1, 2], [1]]


def test_who_was_refused_late_does_not_drop_the_fresh_one() -> None:
    server = Server()
    urls = Urls(server, [1])
    refused = urls.get(1)
    urls.drop(refused)
    fresh = urls.get(1)
    urls.drop(refused)
    assert urls.get(1) is fresh
