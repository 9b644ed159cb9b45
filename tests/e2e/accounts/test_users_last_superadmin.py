"""The last superadmin: nobody, himself included, leaves the deployment without one.

On a stack of its own, where nobody else is a superadmin.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import httpx
import pytest

from tests.e2e.support.conventions import describe, expect_invalid, expect_problem
from tests.e2e.support.people import Person, log_in
from tests.e2e.support.stack import SUPERADMIN_EMAIL, SUPERADMIN_PASSWORD, LocalStack
from tests.e2e.support.users import (
    add,
    ask_for_user,
    change,
    changed,
    enlist,
    found,
    look,
    path_of,
    remove,
    removed,
)
from tests.e2e.support.waiting import at_once

Deed = Callable[[Person, dict[str, Any]], httpx.Response]
DEEDS: dict[str, Deed] = {
    "made a user": lambda who, whom: change(who, whom, role="user"),
    "made an admin": lambda who, whom: change(who, whom, role="admin"),
    "deactivated": lambda who, whom: change(who, whom, active=False),
    "deleted": remove,
}
HARMLESS = [{"city": "Cali"}, {"role": "superadmin"}, {"active": True}, {"plan": "premium"}, {}]
HARMLESS += [{"role": "superadmin", "active": True, "plan": "basic", "first_name": "Ada"}]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a stack that these tests have to themselves."""
    stack = LocalStack(tmp_path_factory.mktemp("house") / "stderr")
    stack.start()
    try:
        yield stack.ready()
    finally:
        stack.stop()


@pytest.fixture(scope="module")
def reign() -> list[Person]:
    """Who is the only superadmin at the moment: one, and another after a test that asks it."""
    return []


@pytest.fixture
def last(house: str, reign: list[Person]) -> Person:
    """The only superadmin of the house."""
    if not reign:
        reign.append(log_in(house, SUPERADMIN_EMAIL, SUPERADMIN_PASSWORD))
    assert superadmins(reign[0]) == [reign[0].user["id"]]
    return reign[0]


def superadmins(reader: Person) -> list[str]:
    """The ids of all superadmins who can log in."""
    return [user["id"] for user in found(reader, role="superadmin") if user["active"]]


@pytest.mark.parametrize("deed", DEEDS)
def test_the_last_superadmin_stays_what_he_is(last: Person, deed: str) -> None:
    before = look(last, last.user)
    expect_problem(DEEDS[deed](last, last.user), 409, "last_superadmin")
    assert look(last, last.user) == before


def test_a_change_that_is_refused_changes_nothing_at_all(last: Person) -> None:
    before = look(last, last.user)
    answer = change(last, last.user, role="admin", first_name="Eve", plan="enterprise")
    expect_problem(answer, 409, "last_superadmin")
    assert look(last, last.user) == before


def test_form_and_plan_come_before_the_last_superadmin(last: Person) -> None:
    expect_invalid(change(last, last.user, role="user", surprise=1), "/surprise")
    expect_invalid(change(last, last.user, role="user", active="no"), "/active")
    expect_invalid(change(last, last.user, role="user", plan="nobodys"), "/plan")


@pytest.mark.parametrize("changes", HARMLESS, ids=ascii)
def test_the_last_superadmin_may_change_the_rest(last: Person, changes: dict[str, Any]) -> None:
    assert change(last, last.user, **changes).status_code in ({200} if changes else {200, 422})
    assert look(last, last.user).items() >= changes.items()
    assert superadmins(last) == [last.user["id"]]


@pytest.mark.parametrize("deed", DEEDS)
def test_who_is_not_the_last_may_go(last: Person, deed: str) -> None:
    other = add(last, role="superadmin")
    assert DEEDS[deed](last, other).status_code in {200, 204}
    expect_problem(remove(last, last.user), 409, "last_superadmin")
    assert superadmins(last) == [last.user["id"]]


@pytest.mark.parametrize("deed", DEEDS)
def test_a_superadmin_who_is_out_does_not_count(last: Person, deed: str) -> None:
    others = [add(last, role="superadmin") for _ in range(2)]
    assert changed(last, others[0], active=False)["role"] == "superadmin"
    removed(last, others[1])
    expect_problem(DEEDS[deed](last, last.user), 409, "last_superadmin")
    removed(last, others[0])
    assert look(last, last.user).items() >= {"role": "superadmin", "active": True}.items()


def test_a_superadmin_who_is_deactivated_can_be_demoted_and_deleted(last: Person) -> None:
    other = add(last, role="superadmin")
    changed(last, other, active=False)
    assert changed(last, other, role="admin")["role"] == "admin"
    changed(last, other, role="superadmin")
    removed(last, other)


@pytest.mark.parametrize("deed", DEEDS)
def test_the_successor_is_the_last_afterwards(
    last: Person, reign: list[Person], house: str, deed: str
) -> None:
    heir = enlist(house, last, role="superadmin")
    assert DEEDS[deed](last, last.user).status_code in {200, 204}
    assert last.http.get(path_of(heir.user)).status_code in {200, 401, 403}
    expect_problem(ask_for_user(last), {401, 403})
    reign[0] = heir
    expect_problem(DEEDS[deed](heir, heir.user), 409, "last_superadmin")
    assert superadmins(heir) == [heir.user["id"]]


def settle(people: list[Person], answers: list[httpx.Response]) -> Person:
    """After a struggle: exactly one superadmin is left, and can do what a superadmin does."""
    left = [each for each in people if each.http.get("/v1/auth/session").status_code == 200]
    left = [each for each in left if change(each, each.user, city="Cali").status_code == 200]
    assert len(left) == 1, [describe(answer) for answer in answers]
    assert superadmins(left[0]) == [left[0].user["id"]]
    return left[0]


def expect_struggle(answers: list[httpx.Response], winners: int) -> None:
    """So many had their will; the others came too late, or were the last."""
    for answer in answers:
        assert answer.status_code in {200, 204, 401, 403, 409}, describe(answer)
        if answer.status_code == 409:
            expect_problem(answer, 409, "last_superadmin")
    won = [answer for answer in answers if answer.status_code in {200, 204}]
    assert len(won) == winners, [describe(answer) for answer in answers]


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("made a user", "made a user"),
        ("deleted", "deleted"),
        ("deactivated", "deactivated"),
        ("made an admin", "deleted"),
        ("deactivated", "deleted"),
    ],
)
def test_two_who_turn_on_each_other_at_once_leave_one(
    last: Person, reign: list[Person], house: str, mine: str, theirs: str
) -> None:
    for _ in range(2):
        both = [reign[0], enlist(house, reign[0], role="superadmin")]
        calls = [
            partial(DEEDS[mine], both[0], both[1].user),
            partial(DEEDS[theirs], both[1], both[0].user),
        ]
        answers = at_once(calls)
        reign[0] = settle(both, answers)
        expect_struggle(answers, 1)


@pytest.mark.parametrize("deed", DEEDS)
def test_two_who_leave_at_once_do_not_both(
    last: Person, reign: list[Person], house: str, deed: str
) -> None:
    for _ in range(2):
        both = [reign[0], enlist(house, reign[0], role="superadmin")]
        answers = at_once([partial(DEEDS[deed], each, each.user) for each in both])
        reign[0] = settle(both, answers)
        expect_struggle(answers, 1)


def test_of_six_who_leave_at_once_in_all_ways_one_stays(
    last: Person, reign: list[Person], house: str
) -> None:
    people = [reign[0], *(enlist(house, reign[0], role="superadmin") for _ in range(5))]
    deeds = [*DEEDS.values(), *DEEDS.values()]
    calls = [partial(deed, each, each.user) for deed, each in zip(deeds, people, strict=False)]
    answers = at_once(calls)
    reign[0] = settle(people, answers)
    expect_struggle(answers, 5)


def test_of_four_in_a_ring_who_turn_on_the_next_at_least_one_stays(
    last: Person, reign: list[Person], house: str
) -> None:
    ring = [reign[0], *(enlist(house, reign[0], role="superadmin") for _ in range(3))]
    calls = [partial(remove, each, ring[place - 1].user) for place, each in enumerate(ring)]
    answers = at_once(calls)
    left = [each for each in ring if each.http.get("/v1/auth/session").status_code == 200]
    assert left, [describe(answer) for answer in answers]
    reign[0] = left[0]
    assert sorted(superadmins(left[0])) == sorted(each.user["id"] for each in left)
    for each in left[1:]:
        removed(left[0], each.user)
