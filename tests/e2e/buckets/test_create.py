"""POST /v1/buckets: names and limits."""

from typing import Any
from uuid import uuid4

import pytest

from tests.e2e.support.buckets import (
    BUCKETS,
    ask_for,
    drop,
    drop_when_empty,
    listed,
    make,
    names,
    new_name,
)
from tests.e2e.support.clients import escaped_json
from tests.e2e.support.conventions import describe, expect_invalid, expect_problem
from tests.e2e.support.people import Person, register
from tests.e2e.support.shapes import BUCKET, assert_shape, seconds_from_now

RANDOM = uuid4().hex
GOOD_NAMES = {
    "3 characters": RANDOM[:3],
    "40 characters": (RANDOM * 2)[:40],
    "digits alone": str(uuid4().int)[:12],
    "looks like an address": f"192-168-{uuid4().int % 10**6}",
    "dashes side by side": f"a--{RANDOM[:8]}---z",
    "one digit at each end": f"0-{RANDOM[:8]}-9",
    "looks like an id": str(uuid4())[:36],
}
# Names that follow the contract's rule, and that S3 keeps for itself.
RESERVED = ["x-s3alias", "x--ol-s3", "x--x-s3", "xn--x", "sthree-x", "amzn-s3-demo-x"]
BAD_NAMES = {
    "empty": "",
    "2 characters": "ab",
    "41 characters": (RANDOM * 2)[:41],
    "5,000 characters": "a" * 5000,
    "begins with a dash": "-abc",
    "ends with a dash": "abc-",
    "dashes alone": "---",
    "upper case": "Abc",
    "underscore": "a_b",
    "dot": "a.bc",
    "blank": "a bc",
    "blanks around": " abc ",
    "slash": "a/bc",
    "climbing": "../abc",
    "newline at its end": "abc\n",
    "null": "abc\x00",
    "accent": "abcé",
    "cyrillic": "\u0430\u0431\u0432",
    "full-width letters": "\uff41\uff42\uff43",
    "arabic digits": "\u0661\u0662\u0663",
    "small capitals": "\u1d00\u0299\u1d04",
    "long s": "a\u017fb",
    "kelvin sign": "a\u212ab",
    "emoji": "\U0001faa3\U0001faa3\U0001faa3",
    "markup": "<b>abc</b>",
    "SQL": "abc'; --",
}


@pytest.fixture(scope="module")
def maker(base_url: str) -> Person:
    """Somebody who makes buckets and gives them up."""
    return register(base_url)


@pytest.fixture(scope="module")
def full(base_url: str) -> Person:
    """Somebody who has the three buckets that the plan allows."""
    person = register(base_url)
    for _ in range(3):
        make(person)
    return person


def test_a_new_bucket_is_its_makers(maker: Person) -> None:
    name = new_name()
    answer = ask_for(maker, name)
    assert answer.status_code == 201
    bucket = answer.json()
    assert_shape(bucket, BUCKET)
    assert (bucket["name"], bucket["owner_id"]) == (name, maker.user["id"])
    assert -300 < seconds_from_now(bucket["created_at"]) < 5
    assert bucket in listed(maker)
    assert drop(maker, name).status_code == 204


@pytest.mark.parametrize("name", GOOD_NAMES.values(), ids=GOOD_NAMES.keys())
def test_a_name_is_3_to_40_of_small_letters_digits_and_dashes(maker: Person, name: str) -> None:
    answer = ask_for(maker, name)
    assert answer.status_code == 201, describe(answer)
    assert answer.json()["name"] == name
    assert drop(maker, name).status_code == 204


@pytest.mark.parametrize("name", RESERVED)
def test_a_name_that_s3_keeps_for_itself_breaks_nothing(maker: Person, name: str) -> None:
    answer = ask_for(maker, name)
    if answer.status_code == 201:
        assert drop(maker, name).status_code == 204
    else:
        expect_invalid(answer, "/name")


@pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES.keys())
def test_another_name_is_refused(maker: Person, name: str) -> None:
    expect_invalid(ask_for(maker, name), "/name")
    assert names(maker) == {"default"}


@pytest.mark.parametrize("name", [None, 7, 123, True, [], ["abc"], {}], ids=repr)
def test_a_name_is_text(maker: Person, name: Any) -> None:
    expect_invalid(ask_for(maker, name), "/name")


def test_a_name_with_half_a_character_is_refused(maker: Person) -> None:
    answer = maker.http.post(BUCKETS, **escaped_json({"name": "abc\ud800"}))
    expect_problem(answer, {400, 422})


def test_a_name_is_needed(maker: Person) -> None:
    expect_invalid(maker.http.post(BUCKETS, json={}), "/name")


@pytest.mark.parametrize("field", ["owner_id", "region", "created_at", "public", "prefix"])
def test_nobody_sets_a_field_of_the_server(maker: Person, field: str) -> None:
    answer = maker.http.post(BUCKETS, json={"name": new_name(), field: "x"})
    expect_invalid(answer, f"/{field}")
    assert names(maker) == {"default"}


def test_the_default_bucket_is_taken(maker: Person) -> None:
    expect_problem(ask_for(maker, "default"), 409, "bucket_exists")


def test_a_name_is_taken_for_its_owner_and_for_everybody_else(maker: Person, bob: Person) -> None:
    name = make(maker)
    told = [expect_problem(ask_for(person, name), 409, "bucket_exists") for person in (maker, bob)]
    assert {**told[0], "request_id": ""} == {**told[1], "request_id": ""}
    assert maker.user["id"] not in str(told[1])
    assert name not in names(bob)
    assert drop(maker, name).status_code == 204


def test_the_plan_limits_the_number_of_buckets(full: Person) -> None:
    before = names(full)
    refused = new_name()
    expect_problem(ask_for(full, refused), 409, "bucket_limit")
    assert names(full) == before
    assert len(before) == 4


def test_a_name_that_was_refused_for_the_limit_stays_free(full: Person, maker: Person) -> None:
    name = new_name()
    expect_problem(ask_for(full, name), 409, "bucket_limit")
    make(maker, name)
    assert drop(maker, name).status_code == 204


def test_the_form_is_judged_before_the_limit(full: Person) -> None:
    expect_invalid(ask_for(full, "-"), "/name")


def test_a_bucket_given_up_makes_room_for_another(full: Person) -> None:
    name = next(iter(names(full) - {"default"}))
    drop_when_empty(full, name)
    make(full)
    expect_problem(ask_for(full, name), 409, "bucket_limit")
