"""Filters of GET /v1/users that an attacker would try."""

from urllib.parse import quote
from uuid import uuid4

import pytest

from tests.e2e.support.conventions import describe
from tests.e2e.support.people import Person
from tests.e2e.support.users import USERS, found

FIELDS = ["email", "role", "plan"]
# Bytes as they stand in the URL.
HOSTILE = {
    "null": "%00",
    "null within": "a%00b",
    "lone surrogate": "%ED%A0%80",
    "lone surrogate within": "smith%ED%B0%80",
    "no UTF-8": "%FF%FE",
    "overlong": "%C0%AE",
    "half a percent": "%",
    "noncharacter": "%EF%BF%BF",
    "emoji": "%F0%9F%94%A5",
    "wildcard": "%25",
    "wildcards": "%25%25%25%25",
    "any character": "_" * 5,
    "backslash": "%5C",
    "escaped wildcard": "%5C%25",
    "trailing backslash": "smith%5C",
    "single quote": "%27",
    "double quote": "%22",
    "two quotes": "%27%27",
    "or true": quote("' OR '1'='1", safe=""),
    "or true, numeric": quote("x' OR 1=1 --", safe=""),
    "union": quote("' UNION SELECT email, password_hash FROM users --", safe=""),
    "dollar quotes": quote("$$; SELECT 1; $$", safe=""),
    "placeholder": "%25s",
    "named placeholder": "%25(email)s",
    "colon placeholder": ":email",
    "format": "{0}{email}",
    "regular expression": quote("^.*$", safe=""),
    "newlines": "%0D%0Aset-cookie:%20a=b",
    "1,000 characters": "a" * 1000,
    "1,000 wildcards": "%25" * 1000,
    "1,000 characters of four bytes": "%F0%9F%94%A5" * 600,
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("field", FIELDS)
def test_a_hostile_filter_finds_nobody_and_breaks_nothing(
    admin: Person, field: str, value: str
) -> None:
    answer = admin.http.get(f"{USERS}?{field}={value}")
    assert answer.status_code in {200, 400, 422}, describe(answer)
    assert answer.json().get("items", []) == [], describe(answer)


@pytest.mark.parametrize(
    "value",
    ["'; SELECT pg_sleep(20); --", "' || pg_sleep(20) || '", "' OR pg_sleep(20) IS NULL --"]
    + ["1; SELECT pg_sleep(20)", "\\'; SELECT pg_sleep(20); --"],
)
@pytest.mark.parametrize("field", FIELDS)
def test_nobody_sleeps_in_the_database(admin: Person, field: str, value: str) -> None:
    answer = admin.http.get(USERS, params={field: value})
    assert answer.elapsed.total_seconds() < 10
    assert answer.json().get("items", []) == []


@pytest.mark.parametrize("field", FIELDS)
def test_a_filter_given_twice_finds_no_more_than_one_of_them(admin: Person, field: str) -> None:
    answer = admin.http.get(USERS, params=[(field, "nobodys"), (field, "nor-his")])
    assert answer.status_code in {200, 400, 422}
    assert answer.json().get("items", []) == []


def test_a_filter_that_there_is_not_opens_nothing(admin: Person) -> None:
    nobody = f"{uuid4().hex}@example.com"
    for name in ("password_hash", "deleted_at", "id", "order_by", "active"):
        answer = admin.http.get(USERS, params={"email": nobody, name: "1"})
        assert answer.status_code in {200, 400, 422}
        assert answer.json().get("items", []) == []


def test_many_wildcards_take_no_time(admin: Person, ana: Person) -> None:
    answer = admin.http.get(USERS, params={"email": "%_" * 400 + "z"})
    assert answer.elapsed.total_seconds() < 5
    assert found(admin, email=ana.email) == [ana.user]
