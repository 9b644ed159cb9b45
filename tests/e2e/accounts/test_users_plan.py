"""PATCH /v1/users/{id} with another plan: its limits count from the next request."""

from functools import partial

import httpx

from tests.e2e.support import buckets
from tests.e2e.support.conventions import describe, expect_invalid, expect_problem
from tests.e2e.support.linking import ask_for_link, expect_ended, follow, link_to
from tests.e2e.support.people import Person
from tests.e2e.support.plans import PLANS, plan_body, plans
from tests.e2e.support.plans import remove as remove_plan
from tests.e2e.support.sending import GIB, Json, abort, ask_to_send, publish, reserve
from tests.e2e.support.users import add, change, changed, look, removed, session
from tests.e2e.support.waiting import at_once

LARGE = 6 * GIB


def make_plan(superadmin: Person, **changes: object) -> str:
    """A plan of one's own, by its name."""
    answer = superadmin.http.post(PLANS, json=plan_body(**changes))
    assert answer.status_code == 201, describe(answer)
    return str(answer.json()["name"])


def test_the_plan_shows_in_the_session(superadmin: Person, member: Person) -> None:
    before = session(member)
    for plan in ("premium", "enterprise", "basic"):
        changed(superadmin, member.user, plan=plan)
        assert session(member) == before | {"plan": plan}


def test_the_largest_file_is_the_new_plans(superadmin: Person, member: Person) -> None:
    expect_problem(ask_to_send(member, LARGE), 413, "file_too_large")
    changed(superadmin, member.user, plan="premium")
    abort(member, reserve(member, LARGE))
    changed(superadmin, member.user, plan="basic")
    expect_problem(ask_to_send(member, LARGE), 413, "file_too_large")


def test_the_quota_is_the_new_plans(superadmin: Person, newcomer: Person) -> None:
    small = make_plan(superadmin, storage_quota=600, max_file_size=600)
    kept = reserve(newcomer, 500)
    changed(superadmin, newcomer.user, plan=small)
    expect_problem(ask_to_send(newcomer, 101), 413, "quota_exceeded")
    expect_problem(ask_to_send(newcomer, 601), 413, "file_too_large")
    abort(newcomer, kept)
    reserve(newcomer, 600)
    changed(superadmin, newcomer.user, plan="basic")
    assert ask_to_send(newcomer, 601).status_code == 201
    assert remove_plan(superadmin, small).status_code == 204


def test_the_number_of_buckets_is_the_new_plans(superadmin: Person, newcomer: Person) -> None:
    narrow = make_plan(superadmin, max_buckets=1)
    changed(superadmin, newcomer.user, plan=narrow)
    made = [buckets.make(newcomer)]
    expect_problem(buckets.ask_for(newcomer, buckets.new_name()), 409, "bucket_limit")
    changed(superadmin, newcomer.user, plan="basic")
    made.append(buckets.make(newcomer))
    changed(superadmin, newcomer.user, plan=narrow)
    assert buckets.names(newcomer) == {"default", *made}
    expect_problem(buckets.ask_for(newcomer, buckets.new_name()), 409, "bucket_limit")
    changed(superadmin, newcomer.user, plan="basic")
    assert remove_plan(superadmin, narrow).status_code == 204


def test_temporary_links_come_and_go_with_the_plan(
    superadmin: Person, member: Person, file: Json, anonymous: httpx.Client
) -> None:
    expect_problem(ask_for_link(member, file), 403, "plan_forbids")
    changed(superadmin, member.user, plan="enterprise")
    link = link_to(member, file)
    assert follow(anonymous, link).status_code == 302
    changed(superadmin, member.user, plan="premium")
    expect_ended(follow(anonymous, link))
    expect_problem(ask_for_link(member, file), 403, "plan_forbids")
    changed(superadmin, member.user, plan="basic")


def test_links_are_dead_while_their_owner_is_deactivated(
    superadmin: Person, newcomer: Person, anonymous: httpx.Client
) -> None:
    changed(superadmin, newcomer.user, plan="enterprise")
    link = link_to(newcomer, publish(newcomer, b"shared"))
    assert follow(anonymous, link).status_code == 302
    changed(superadmin, newcomer.user, active=False)
    expect_ended(follow(anonymous, link))


def test_a_plan_that_a_new_user_is_on_stays(superadmin: Person) -> None:
    name = make_plan(superadmin)
    user = add(superadmin, plan=name)
    expect_problem(remove_plan(superadmin, name), 409, "plan_in_use")
    changed(superadmin, user, active=False)
    expect_problem(remove_plan(superadmin, name), 409, "plan_in_use")
    changed(superadmin, user, plan="basic")
    assert remove_plan(superadmin, name).status_code == 204
    expect_invalid(change(superadmin, user, plan=name), "/plan")


def test_nobody_is_on_a_plan_that_was_deleted_meanwhile(superadmin: Person) -> None:
    user = add(superadmin)
    for _ in range(6):
        name = make_plan(superadmin)
        moved, deleted = at_once(
            [partial(change, superadmin, user, plan=name), partial(remove_plan, superadmin, name)]
        )
        if deleted.status_code == 204:
            expect_invalid(moved, "/plan")
            assert name not in plans(superadmin)
        else:
            expect_problem(deleted, 409, "plan_in_use")
            assert moved.status_code == 200, describe(moved)
        assert look(superadmin, user)["plan"] in plans(superadmin)
        changed(superadmin, user, plan="basic")
        assert remove_plan(superadmin, name).status_code in {204, 404}
    removed(superadmin, user)
