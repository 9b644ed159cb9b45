"""Pages of videos, of the gallery and of the ranking: their limits, cursors and filters."""

from base64 import urlsafe_b64encode

import pytest

from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.videos import GALLERY, RANKINGS, VIDEOS, new_city

LISTS = [VIDEOS, GALLERY, RANKINGS]
OPEN = LISTS[1:]
LIMITS = ["0", "-1", "201", "x", "1.5", "1e1", "true", "9" * 30, "\u0663x", ""]
# What a cursor could hold that is nearly one of the ranking's: an id of dashes alone, for one.
PLACES = ["after:1/" + "-" * 36 + "/1/1", "after:x", f"after:007/{ABSENT}/1/1", "after:1/1/1/1"]
CURSORS = ["x", "e30", "bnVsbA", "W10", "'; --", "\x00", "\u00e9", ABSENT, "A" * 4000, "{}", "=="]
CURSORS += [urlsafe_b64encode(place.encode()).decode().rstrip("=") for place in PLACES]
ODD = ["'; DROP TABLE videos; --", "'||pg_sleep(10)||'", "%%%%%%%%", "\\", "\u202e", "n" * 4000]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", LIMITS, ids=ascii)
def test_a_limit_is_1_to_200(ana: Person, path: str, limit: str) -> None:
    expect_problem(ana.http.get(path, params={"limit": limit}), {400, 422})


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", ["1", "200"])
def test_the_bounds_of_a_limit_are_allowed(ana: Person, path: str, limit: str) -> None:
    answer = ana.http.get(path, params={"limit": limit})
    assert answer.status_code == 200, describe(answer)
    assert len(answer.json()["items"]) <= int(limit)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("cursor", CURSORS, ids=lambda cursor: ascii(cursor)[:20])
def test_a_cursor_that_was_never_given_is_refused(ana: Person, path: str, cursor: str) -> None:
    expect_problem(ana.http.get(path, params={"cursor": cursor}), {400, 422})


@pytest.mark.parametrize("path", OPEN)
@pytest.mark.parametrize("name", ["limit", "cursor", "city"])
def test_a_parameter_given_twice_is_refused_or_read_as_one(
    ana: Person, path: str, name: str
) -> None:
    answer = ana.http.get(path, params={name: ["1", "1"]})
    assert answer.status_code in {200, 400, 422}, describe(answer)


@pytest.mark.parametrize("path", OPEN)
@pytest.mark.parametrize("city", ODD, ids=lambda city: ascii(city)[:20])
def test_an_odd_city_is_one_where_nobody_lives(ana: Person, path: str, city: str) -> None:
    answer = ana.http.get(path, params={"city": city})
    assert answer.status_code in {200, 422}, describe(answer)
    assert answer.json().get("items", []) == []


@pytest.mark.parametrize("path", OPEN)
def test_bytes_that_no_text_has_break_nothing(ana: Person, path: str) -> None:
    for value in ("%00", "%FF%FE", "%ED%A0%80"):
        answer = ana.http.get(f"{path}?city={value}")
        assert answer.status_code in {200, 400, 422}, describe(answer)


@pytest.mark.parametrize("path", OPEN)
def test_a_city_where_nobody_lives_has_an_empty_page(ana: Person, path: str) -> None:
    answer = ana.http.get(path, params={"city": new_city()})
    assert answer.json() == {"items": [], "next_cursor": None}
