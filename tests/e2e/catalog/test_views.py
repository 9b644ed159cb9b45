"""What counts as a view of a product: each anonymous GET of it, and nothing else.

Views are counted a little later. So all that visit here do so before the first test, and the
report is read when what was to be counted is in it.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

import httpx
import pytest

from tests.e2e.support.catalog import (
    PRODUCTS,
    Hire,
    look,
    make,
    new_sku,
    path_of,
    remove,
    views,
)
from tests.e2e.support.clients import client
from tests.e2e.support.conventions import describe
from tests.e2e.support.people import Person, register
from tests.e2e.support.waiting import eventually

ROBOTS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "some-crawler/0.1",
]
CHECKS = [
    "ELB-HealthChecker/2.0",
    "kube-probe/1.31",
    "Amazon-Route53-Health-Check-Service (ref 1; report http://amzn.to/1vsZADi)",
]
PEOPLE = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    # A make of telephones.
    "Mozilla/5.0 (Linux; Android 9; CUBOT X19 Build/PPR1) AppleWebKit/537.36 Chrome/96.0 Mobile",
    "curl/8.9.1",
    "",
    "\xe9\xff",
]
CROWD = 100


@dataclass(frozen=True)
class Visitors:
    """Who visits; `stale` sends a bearer that is none."""

    anonymous: httpx.Client
    user: Person
    admin: Person
    stale: httpx.Client


def show(http: httpx.Client, sku: str, *agents: str) -> int:
    """Look at a product, with each user agent or with the usual one; how often it was shown."""
    got = []
    for agent in agents:
        headers = [(b"user-agent", agent.encode("latin-1"))]
        got.append(http.get(path_of(sku), headers=headers).status_code)
    return got.count(200) if agents else int(http.get(path_of(sku)).status_code == 200)


def one(who: Visitors, sku: str) -> int:
    """A single look."""
    return show(who.anonymous, sku)


def crowd(who: Visitors, sku: str) -> int:
    """Many looks side by side."""
    with ThreadPoolExecutor(25) as threads:
        return sum(threads.map(lambda _: show(who.anonymous, sku), range(CROWD)))


def people(who: Visitors, sku: str) -> int:
    """Browsers, programs, and one that doesn't say what it is."""
    return show(who.anonymous, sku, *PEOPLE)


def spellings(who: Visitors, sku: str) -> int:
    """Looks by three spellings of the SKU."""
    wide = "".join(chr(ord(sign) + 0xFEE0) if sign.isalnum() else sign for sign in sku)
    return sum(show(who.anonymous, each) for each in (sku.upper(), sku.lower(), wide))


def robots(who: Visitors, sku: str) -> int:
    """Robots that say so, all but one look."""
    show(who.anonymous, sku, *ROBOTS, *(agent.upper() for agent in ROBOTS))
    return one(who, sku)


def checks(who: Visitors, sku: str) -> int:
    """Health checks, and one look."""
    show(who.anonymous, sku, *CHECKS)
    return one(who, sku)


def heads(who: Visitors, sku: str) -> int:
    """HEAD, and one look."""
    for _ in range(5):
        assert who.anonymous.head(path_of(sku)).status_code == 200
    return one(who, sku)


def known(who: Visitors, sku: str) -> int:
    """Looks with a token, and one without."""
    for person in (who.user, who.admin):
        assert look(person.http, sku)["sku"] == sku
    return one(who, sku)


def lists(who: Visitors, sku: str) -> int:
    """Lists in which the product is, its history, and one look at itself."""
    assert who.anonymous.get(PRODUCTS, params={"limit": 200}).status_code == 200
    assert who.admin.http.get(f"{path_of(sku)}/history").status_code == 200
    return one(who, sku)


def refused(who: Visitors, sku: str) -> int:
    """What may be refused: it counts if it is shown."""
    return show(who.stale, sku) + one(who, sku)


def ended(who: Visitors, sku: str) -> int:
    """Two looks, the last of them before the product ends, and more in vain."""
    shown = one(who, sku) + one(who, sku)
    assert remove(who.admin, sku).status_code == 204
    assert one(who, sku) == 0
    return shown


def early(who: Visitors, sku: str) -> int:
    """Looks in vain before there is a product of this name, and one when there is."""
    late = f"{sku}-late"
    assert one(who, late) == 0
    make(who.admin, sku=late)
    return one(who, late)


VISITS: dict[str, Callable[[Visitors, str], int]] = {
    visit.__name__: visit
    for visit in (
        one, crowd, people, spellings, robots, checks, heads, known, lists, refused, ended, early,
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def seen(
    editor: Person, base_url: str, hire: Hire, anonymous: httpx.Client
) -> dict[str, tuple[int, int]]:
    """For each kind of visit what was to be counted, and what was."""
    admin = hire()
    who = Visitors(anonymous, register(base_url), admin, client(base_url, "no token at all"))
    skus = {kind: make(admin, sku=new_sku("aB"))["sku"] for kind in VISITS}
    right = {kind: visit(who, skus[kind]) for kind, visit in VISITS.items()}
    skus["early"] = f"{skus['early']}-late"
    right["early"] = 1

    def all_there(counts: dict[str, int]) -> bool:
        return all(counts[kind] >= right[kind] for kind in VISITS)

    def count() -> dict[str, int]:
        found = views(editor)
        return {kind: found.get(sku, 0) for kind, sku in skus.items()}

    # Which of them is missing is told by its own test.
    with suppress(pytest.fail.Exception):
        eventually(count, all_there, 20)
    # What was sent before this one and is still under way would have come by then.
    last = make(admin)["sku"]
    show(anonymous, last)
    eventually(lambda: views(editor).get(last, 0), lambda found: found >= 1)
    counts = count()
    return {kind: (right[kind], counts[kind]) for kind in VISITS}


def counted(seen: dict[str, tuple[int, int]], kind: str) -> int:
    """What was counted of that kind of visit; it is what was to be counted."""
    expected, found = seen[kind]
    assert found == expected
    return found


def test_a_look_without_a_token_is_a_view(seen: dict[str, tuple[int, int]]) -> None:
    assert counted(seen, "one") == 1


def test_none_of_a_hundred_side_by_side_is_lost(seen: dict[str, tuple[int, int]]) -> None:
    assert counted(seen, "crowd") == CROWD


def test_whoever_is_no_robot_is_counted(seen: dict[str, tuple[int, int]]) -> None:
    assert counted(seen, "people") == len(PEOPLE)


def test_views_by_any_spelling_are_of_one_product(seen: dict[str, tuple[int, int]]) -> None:
    assert counted(seen, "spellings") == 3


@pytest.mark.parametrize("kind", ["robots", "checks", "heads", "known", "lists"])
def test_what_is_no_view_is_not_counted(seen: dict[str, tuple[int, int]], kind: str) -> None:
    assert counted(seen, kind) == 1


def test_a_token_that_is_none_is_refused_or_counts_as_nobody(
    seen: dict[str, tuple[int, int]],
) -> None:
    assert counted(seen, "refused") in {1, 2}


def test_a_deleted_product_keeps_its_views(seen: dict[str, tuple[int, int]]) -> None:
    assert counted(seen, "ended") == 2


def test_what_is_not_there_is_not_viewed(seen: dict[str, tuple[int, int]]) -> None:
    assert counted(seen, "early") == 1


def test_a_health_check_is_answered(anonymous: httpx.Client, editor: Person) -> None:
    product = make(editor)
    for agent in [*CHECKS, *ROBOTS]:
        answer = anonymous.get(path_of(product["sku"]), headers={"user-agent": agent})
        assert answer.status_code == 200, describe(answer)
        assert answer.json() == product
