"""GET and PATCH /v1/users/me."""

from typing import Any

import pytest

from tests.e2e.support.clients import escaped_json
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.people import Person, again, refresh, register
from tests.e2e.support.shapes import USER, assert_shape

PATH = "/v1/users/me"
FIELDS = ["first_name", "last_name", "city", "country"]


def test_a_profile_is_the_user(ana: Person) -> None:
    answer = ana.http.get(PATH)
    assert answer.status_code == 200
    assert_shape(answer.json(), USER)
    assert answer.json() == ana.user


@pytest.fixture(scope="module")
def changing(base_url: str) -> Person:
    """Somebody whose profile changes again and again."""
    return register(base_url)


@pytest.mark.parametrize("value", ["Medellín", "李 \U0001f525", "\u0645\u062f\u064a\u0646\u0629"])
@pytest.mark.parametrize("field", FIELDS)
def test_a_field_changes_alone_and_stays(changing: Person, field: str, value: str) -> None:
    before = changing.http.get(PATH).json()
    answer = changing.http.patch(PATH, json={field: value})
    assert answer.status_code == 200
    assert answer.json() == {**before, field: value}
    assert changing.http.get(PATH).json() == answer.json()


def test_all_fields_change_together(newcomer: Person, base_url: str) -> None:
    changes = {field: f"new {field}" for field in FIELDS}
    changed = newcomer.http.patch(PATH, json=changes).json()
    assert changed == newcomer.user | changes
    assert again(base_url, newcomer).user == changed
    assert refresh(base_url, newcomer.tokens["refresh_token"]).json()["user"] == changed


@pytest.mark.parametrize("field", ["city", "country"])
def test_a_place_can_be_taken_back(changing: Person, field: str) -> None:
    changing.http.patch(PATH, json={field: "Cali"})
    answer = changing.http.patch(PATH, json={field: None})
    assert answer.status_code == 200
    assert changing.http.get(PATH).json()[field] is None


@pytest.mark.parametrize("value", [None, 7, True, [], {}], ids=repr)
@pytest.mark.parametrize("field", ["first_name", "last_name"])
def test_a_name_is_text(ana: Person, field: str, value: Any) -> None:
    expect_invalid(ana.http.patch(PATH, json={field: value}), f"/{field}")


@pytest.mark.parametrize("value", [7, True, [], {}], ids=repr)
@pytest.mark.parametrize("field", ["city", "country"])
def test_a_place_is_text_or_null(ana: Person, field: str, value: Any) -> None:
    expect_invalid(ana.http.patch(PATH, json={field: value}), f"/{field}")


@pytest.mark.parametrize(
    "field", ["role", "plan", "active", "email", "id", "created_at", "password", "surprise"]
)
def test_nothing_else_can_be_changed(ana: Person, field: str) -> None:
    answer = ana.http.patch(PATH, json={"first_name": "Changed", field: "superadmin"})
    expect_invalid(answer, f"/{field}")
    assert ana.http.get(PATH).json() == ana.user


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"], ids=["null", "lone surrogate"])
@pytest.mark.parametrize("field", FIELDS)
def test_text_that_no_database_keeps_is_refused(ana: Person, field: str, text: str) -> None:
    expect_problem(ana.http.patch(PATH, **escaped_json({field: text})), {400, 422})


@pytest.mark.parametrize("field", FIELDS)
def test_very_long_text_is_kept_or_refused(changing: Person, field: str) -> None:
    answer = changing.http.patch(PATH, json={field: "n" * 5000})
    assert answer.status_code in {200, 422}


def test_an_empty_change_changes_nothing(ana: Person) -> None:
    assert ana.http.patch(PATH, json={}).status_code in {200, 422}
    assert ana.http.get(PATH).json() == ana.user
