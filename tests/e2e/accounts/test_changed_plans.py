"""A plan that changes: it counts from the next request of everybody who is on it.

The plan is `basic`, for everybody who registers is on that one; each test gives it back whole.
"""

from functools import partial

import httpx

from tests.e2e.support import buckets
from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.linking import ask_for_link, expect_ended, follow, link_to
from tests.e2e.support.people import Person, register
from tests.e2e.support.plans import basic_with, change, plans
from tests.e2e.support.sending import GIB, Json, abort, ask_to_send, download, publish, reserve
from tests.e2e.support.waiting import at_once


def test_the_largest_file_changes_with_the_plan(superadmin: Person, member: Person) -> None:
    with basic_with(superadmin, max_file_size=1000):
        expect_problem(ask_to_send(member, 1001), 413, "file_too_large")
        abort(member, reserve(member, 1000))
    abort(member, reserve(member, 1001))


def test_who_registers_after_the_change_has_the_changed_plan(
    superadmin: Person, base_url: str
) -> None:
    with basic_with(superadmin, max_file_size=1000):
        late = register(base_url)
        expect_problem(ask_to_send(late, 1001), 413, "file_too_large")
    assert ask_to_send(late, 1001).status_code == 201


def test_the_quota_changes_with_the_plan(superadmin: Person, newcomer: Person) -> None:
    reserve(newcomer, 500)
    with basic_with(superadmin, storage_quota=600):
        expect_problem(ask_to_send(newcomer, 101), 413, "quota_exceeded")
        reserve(newcomer, 100)
        expect_problem(ask_to_send(newcomer, 1), 413, "quota_exceeded")
    assert ask_to_send(newcomer, 1).status_code == 201


def test_a_quota_below_what_is_used_takes_nothing_away(
    superadmin: Person, newcomer: Person
) -> None:
    kept = publish(newcomer, b"ten bytes!")
    with basic_with(superadmin, storage_quota=5):
        assert download(newcomer, kept["id"]).content == b"ten bytes!"
        expect_problem(ask_to_send(newcomer, 1), 413, "quota_exceeded")
        assert newcomer.http.delete(f"/v1/files/{kept['id']}").status_code == 204
        abort(newcomer, reserve(newcomer, 5))
    reserve(newcomer, 5 * GIB, fragment_size=5 * GIB)


def test_the_number_of_buckets_changes_with_the_plan(superadmin: Person, newcomer: Person) -> None:
    made = [buckets.make(newcomer) for _ in range(3)]
    expect_problem(buckets.ask_for(newcomer, buckets.new_name()), 409, "bucket_limit")
    with basic_with(superadmin, max_buckets=4):
        made.append(buckets.make(newcomer))
        expect_problem(buckets.ask_for(newcomer, buckets.new_name()), 409, "bucket_limit")
    assert buckets.names(newcomer) == {"default", *made}
    buckets.drop_when_empty(newcomer, made.pop())
    expect_problem(buckets.ask_for(newcomer, buckets.new_name()), 409, "bucket_limit")


def test_a_plan_of_no_buckets_leaves_the_default_one(superadmin: Person, newcomer: Person) -> None:
    with basic_with(superadmin, max_buckets=0):
        expect_problem(buckets.ask_for(newcomer, buckets.new_name()), 409, "bucket_limit")
        assert buckets.names(newcomer) == {"default"}
        assert reserve(newcomer, 1, bucket="default")["bucket"] == "default"


def test_temporary_links_come_and_go_with_the_plan(
    superadmin: Person, member: Person, file: Json, anonymous: httpx.Client
) -> None:
    expect_problem(ask_for_link(member, file), 403, "plan_forbids")
    with basic_with(superadmin, temporary_links=True):
        link = link_to(member, file)
        assert follow(anonymous, link).status_code == 302
    expect_ended(follow(anonymous, link))
    expect_problem(ask_for_link(member, file), 403, "plan_forbids")


def test_a_link_that_the_plan_forbids_can_be_revoked(
    superadmin: Person, member: Person, file: Json, anonymous: httpx.Client
) -> None:
    with basic_with(superadmin, temporary_links=True):
        link = link_to(member, file)
    assert member.http.delete(f"/v1/links/{link['id']}").status_code == 204
    with basic_with(superadmin, temporary_links=True):
        expect_ended(follow(anonymous, link))


def test_of_many_changes_at_once_the_one_that_is_shown_counts(
    superadmin: Person, member: Person
) -> None:
    with basic_with(superadmin, max_file_size=999):
        changes = [partial(change, superadmin, "basic", max_file_size=n) for n in range(1000, 1008)]
        for _ in range(2):
            assert {answer.status_code for answer in at_once(changes)} == {200}
            largest = plans(member)["basic"]["max_file_size"]
            assert largest in range(1000, 1008)
            expect_problem(ask_to_send(member, largest + 1), 413, "file_too_large")
            abort(member, reserve(member, largest))


def test_the_plan_of_a_session_keeps_its_name(superadmin: Person, member: Person) -> None:
    before = member.http.get("/v1/auth/session").json()
    with basic_with(superadmin, max_file_size=1000, max_buckets=1):
        now = member.http.get("/v1/auth/session").json()
    assert (now["plan"], now["session_id"]) == ("basic", before["session_id"])
