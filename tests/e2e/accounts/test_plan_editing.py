"""POST /v1/plans, PATCH and DELETE /v1/plans/{name}: for the superadmin alone."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from tests.e2e.support.conventions import describe, expect_invalid, expect_problem
from tests.e2e.support.once import expect_in_progress, new_key, post_once
from tests.e2e.support.people import Person
from tests.e2e.support.plans import PLANS, change, plan_body, plans, remove
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.sending import GIB, Json
from tests.e2e.support.shapes import PLAN, assert_shape
from tests.e2e.support.waiting import at_once

CHANGES = [
    ("thumbnail_heights", [200]), ("original_link", False), ("temporary_links", True),
    ("max_file_size", 7 * GIB), ("storage_quota", 70 * GIB), ("max_buckets", 1),
]  # fmt: skip


@pytest.fixture
def spare(superadmin: Person) -> Iterator[Json]:
    """A plan that nobody is on."""
    answer = superadmin.http.post(PLANS, json=plan_body())
    assert answer.status_code == 201, describe(answer)
    yield answer.json()
    remove(superadmin, answer.json()["name"])


@pytest.fixture(scope="module")
def still(superadmin: Person) -> Iterator[Json]:
    """A plan that no test changes, for all have it refused."""
    body = plan_body()
    assert superadmin.http.post(PLANS, json=body).status_code == 201
    yield body
    remove(superadmin, body["name"])


def test_a_new_plan_is_what_was_asked_for(superadmin: Person, ana: Person) -> None:
    body = plan_body(thumbnail_heights=[200], temporary_links=True, max_buckets=1)
    answer = superadmin.http.post(PLANS, json=body)
    assert answer.status_code == 201
    assert_shape(answer.json(), PLAN)
    assert answer.json() == body == plans(ana)[body["name"]]
    assert remove(superadmin, body["name"]).status_code == 204


@pytest.mark.parametrize(("field", "value"), CHANGES)
def test_a_field_changes_alone_and_stays(
    superadmin: Person, ana: Person, spare: Json, field: str, value: Any
) -> None:
    answer = change(superadmin, spare["name"], **{field: value})
    assert answer.status_code == 200
    assert answer.json() == spare | {field: value} == plans(ana)[spare["name"]]


def test_all_fields_change_together(superadmin: Person, spare: Json) -> None:
    answer = change(superadmin, spare["name"], **dict(CHANGES))
    assert answer.json() == spare | dict(CHANGES) == plans(superadmin)[spare["name"]]


def test_a_deleted_plan_is_gone_and_its_name_is_free(superadmin: Person, spare: Json) -> None:
    name = spare["name"]
    assert remove(superadmin, name).status_code == 204
    assert name not in plans(superadmin)
    expect_problem(remove(superadmin, name), 404)
    expect_problem(change(superadmin, name, max_buckets=1), 404)
    assert superadmin.http.post(PLANS, json=spare).status_code == 201
    assert plans(superadmin)[name] == spare


def test_a_plan_that_is_there_is_not_made_anew(superadmin: Person, still: Json) -> None:
    for body in (still, still | {"max_buckets": 1}, plan_body(name="basic")):
        before = plans(superadmin)
        expect_problem(superadmin.http.post(PLANS, json=body), 409, "plan_exists")
        assert plans(superadmin) == before


def test_a_plan_that_somebody_is_on_stays(superadmin: Person, ana: Person) -> None:
    expect_problem(remove(superadmin, "basic"), 409, "plan_in_use")
    assert ana.http.get("/v1/auth/session").json()["plan"] in plans(superadmin)


def test_a_plan_takes_no_other_plans_name(superadmin: Person, still: Json) -> None:
    expect_problem(change(superadmin, still["name"], name="basic"), {409, 422})
    assert plans(superadmin)[still["name"]] == still


def test_of_many_creations_at_once_one_wins(superadmin: Person) -> None:
    body = plan_body()
    bodies = [body | {"max_buckets": number} for number in range(1, 9)]
    answers = at_once([partial(superadmin.http.post, PLANS, json=each) for each in bodies])
    won = [answer for answer in answers if answer.status_code == 201]
    assert len(won) == 1
    for answer in answers:
        if answer is not won[0]:
            expect_problem(answer, 409, "plan_exists")
    assert plans(superadmin)[body["name"]] == won[0].json()
    assert remove(superadmin, body["name"]).status_code == 204


def test_who_is_no_superadmin_changes_nothing(ana: Person, still: Json) -> None:
    before, made = plans(ana), plan_body()
    expect_problem(ana.http.post(PLANS, json=made), 403, "forbidden")
    expect_problem(post_once(ana, new_key(), made, PLANS), 403, "forbidden")
    expect_problem(change(ana, "basic", temporary_links=True), 403, "forbidden")
    expect_problem(remove(ana, still["name"]), 403, "forbidden")
    assert plans(ana) == before


@pytest.mark.parametrize("name", ["nobodys", "%00", "%F0%9F%94%A5", ABSENT, "n" * 2000, "BASIC%20"])
def test_who_is_no_superadmin_is_not_told_which_plans_there_are(ana: Person, name: str) -> None:
    told = [change(ana, plan, max_buckets=9) for plan in (name, "basic")]
    told += [remove(ana, plan) for plan in (name, "basic")]
    bodies = [expect_problem(answer, 403, "forbidden") | {"request_id": ""} for answer in told]
    assert bodies[0] == bodies[1]
    assert bodies[2] == bodies[3]


@pytest.mark.parametrize("name", ["nobodys", "%00", "%F0%9F%94%A5", ABSENT, "n" * 2000, "%25", "'"])
def test_a_plan_that_is_not_there_is_a_404(superadmin: Person, name: str) -> None:
    expect_problem(change(superadmin, name, max_buckets=1), 404)
    expect_problem(remove(superadmin, name), 404)


def test_the_same_request_under_a_key_makes_one_plan(superadmin: Person) -> None:
    key, body = new_key(), plan_body()
    answers = at_once([partial(post_once, superadmin, key, body, PLANS)] * 10)
    answers.append(post_once(superadmin, key, body, PLANS))
    made = [answer.json() for answer in answers if answer.status_code == 201]
    for answer in answers:
        if answer.status_code != 201:
            expect_in_progress(answer)
    assert made == [body] * len(made)
    assert answers[-1].status_code == 201
    expect_problem(post_once(superadmin, key, plan_body(), PLANS), 422)
    expect_problem(post_once(superadmin, new_key(), body, PLANS), 409, "plan_exists")
    assert remove(superadmin, body["name"]).status_code == 204


@pytest.mark.parametrize("number", [2**31, 2**53 + 1, 2**63 - 1])
@pytest.mark.parametrize("field", ["max_file_size", "storage_quota", "max_buckets"])
def test_a_huge_number_is_kept_or_refused(
    superadmin: Person, spare: Json, field: str, number: int
) -> None:
    answer = change(superadmin, spare["name"], **{field: number})
    if answer.status_code == 200:
        assert answer.json()[field] == number == plans(superadmin)[spare["name"]][field]
    else:
        expect_invalid(answer, f"/{field}")
