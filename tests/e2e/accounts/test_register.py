"""POST /v1/auth/register."""

from typing import Any

import httpx
import pytest

from tests.e2e.support.clients import escaped_json
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.people import PASSWORD, log_in, new_email, registration
from tests.e2e.support.shapes import USER, assert_shape, seconds_from_now
from tests.e2e.support.waiting import at_once

PATH = "/v1/auth/register"


def log_in_status(http: httpx.Client, email: str, password: str) -> int:
    """What a login with these two is answered."""
    body = {"email": email, "password": password}
    return http.post("/v1/auth/login", json=body).status_code


def test_a_newcomer_gets_the_account_as_an_ordinary_user(anonymous: httpx.Client) -> None:
    answer = anonymous.post(PATH, json=registration())
    assert answer.status_code == 201
    assert_shape(answer.json(), USER)
    assert answer.json().items() >= {"role": "user", "plan": "basic", "active": True}.items()
    assert abs(seconds_from_now(answer.json()["created_at"])) < 60


def test_the_account_has_what_was_registered(anonymous: httpx.Client) -> None:
    body = registration(city="Bogotá", country="Colombia", first_name="José", last_name="李")
    user = anonymous.post(PATH, json=body).json()
    given = {key: value for key, value in body.items() if key != "password"}
    assert user.items() >= given.items()


def test_city_and_country_are_null_unless_given(anonymous: httpx.Client) -> None:
    user = anonymous.post(PATH, json=registration()).json()
    assert (user["city"], user["country"]) == (None, None)


def test_no_answer_holds_the_password_or_its_hash(anonymous: httpx.Client) -> None:
    answer = anonymous.post(PATH, json=registration())
    assert PASSWORD not in answer.text
    assert "argon" not in answer.text
    assert "hash" not in answer.text


def test_an_email_is_returned_as_given_and_compared_without_case(
    anonymous: httpx.Client, base_url: str
) -> None:
    email = new_email().replace("smith", "SmItH")
    assert anonymous.post(PATH, json=registration(email=email)).json()["email"] == email
    taken = anonymous.post(PATH, json=registration(email=email.swapcase()))
    expect_problem(taken, 409, "email_taken")
    assert log_in(base_url, email.lower(), PASSWORD).user["email"] == email


def test_a_taken_email_keeps_its_first_owner(anonymous: httpx.Client, base_url: str) -> None:
    first = registration()
    anonymous.post(PATH, json=first)
    thief = registration(email=first["email"], password="another password")
    expect_problem(anonymous.post(PATH, json=thief), 409, "email_taken")
    assert log_in(base_url, first["email"], PASSWORD).user["first_name"] == first["first_name"]


def test_of_many_registrations_at_once_one_gets_the_email(anonymous: httpx.Client) -> None:
    body = registration()
    answers = at_once([lambda: anonymous.post(PATH, json=body)] * 8)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    lost = [answer.json()["code"] for answer in answers if answer.status_code == 409]
    assert set(lost) == {"email_taken"}


@pytest.mark.parametrize(
    "password",
    ["ten chars!", "p" * 128, "ñ" * 10, "\U0001f525" * 128, "  spaces  at  both ends  "],
    ids=["10", "128", "10 accents", "128 emoji", "spaces"],
)
def test_a_password_of_10_to_128_characters_works(anonymous: httpx.Client, password: str) -> None:
    body = registration(password=password)
    assert anonymous.post(PATH, json=body).status_code == 201
    assert log_in_status(anonymous, body["email"], password) == 200


@pytest.mark.parametrize("kept", [72, 127], ids=["the first 72", "all but the last"])
def test_nothing_of_a_password_is_cut_off(anonymous: httpx.Client, kept: int) -> None:
    body = registration(password="0123456789abcdef" * 8)
    anonymous.post(PATH, json=body)
    assert log_in_status(anonymous, body["email"], body["password"][:kept] + "x") == 401
    assert log_in_status(anonymous, body["email"], body["password"][:kept]) == 401


@pytest.mark.parametrize("password", ["", "9 letters", "p" * 129, "\U0001f525" * 129])
def test_a_password_of_another_length_is_refused(anonymous: httpx.Client, password: str) -> None:
    expect_invalid(anonymous.post(PATH, json=registration(password=password)), "/password")


@pytest.mark.parametrize(
    "email",
    ["", " ", "smith", "smith@", "@example.com", "a b@example.com", "a@b@example.com"]
    + ["smith@example.com\n", "smith@example.com\x00", "x" * 400 + "@example.com"]
    + ["a@example.com,b@example.com", "Smith <smith@example.com>", "smith@exa mple.com"],
)
def test_what_is_no_email_is_refused(anonymous: httpx.Client, email: str) -> None:
    expect_invalid(anonymous.post(PATH, json=registration(email=email)), "/email")


@pytest.mark.parametrize("field", ["email", "password", "first_name", "last_name"])
def test_a_missing_field_is_named(anonymous: httpx.Client, field: str) -> None:
    body = registration()
    del body[field]
    expect_invalid(anonymous.post(PATH, json=body), f"/{field}")


@pytest.mark.parametrize("value", [None, 7, 1.5, True, [], ["x"], {}, {"x": 1}], ids=repr)
@pytest.mark.parametrize("field", ["email", "password", "first_name", "last_name"])
def test_a_field_of_another_type_is_refused(
    anonymous: httpx.Client, field: str, value: Any
) -> None:
    expect_invalid(anonymous.post(PATH, json=registration(**{field: value})), f"/{field}")


@pytest.mark.parametrize("value", [7, True, [], {}], ids=repr)
@pytest.mark.parametrize("field", ["city", "country"])
def test_a_place_of_another_type_is_refused(
    anonymous: httpx.Client, field: str, value: Any
) -> None:
    expect_invalid(anonymous.post(PATH, json=registration(**{field: value})), f"/{field}")


@pytest.mark.parametrize(
    "field", ["role", "plan", "active", "id", "created_at", "hash", "is_admin"]
)
def test_nobody_registers_with_fields_of_the_server(anonymous: httpx.Client, field: str) -> None:
    body = registration(**{field: "superadmin"})
    expect_invalid(anonymous.post(PATH, json=body), f"/{field}")
    assert log_in_status(anonymous, body["email"], body["password"]) == 401


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"], ids=["null", "lone surrogate"])
@pytest.mark.parametrize("field", ["email", "first_name", "last_name", "city", "country"])
def test_text_that_no_database_keeps_is_refused(
    anonymous: httpx.Client, field: str, text: str
) -> None:
    answer = anonymous.post(PATH, **escaped_json(registration(**{field: text})))
    expect_problem(answer, {400, 422})


def test_a_lone_surrogate_in_a_password_is_refused(anonymous: httpx.Client) -> None:
    body = registration(password="ten letters \ud800")
    expect_problem(anonymous.post(PATH, **escaped_json(body)), {400, 422})


@pytest.mark.parametrize("field", ["first_name", "last_name", "city", "country"])
def test_very_long_text_is_kept_or_refused(anonymous: httpx.Client, field: str) -> None:
    answer = anonymous.post(PATH, json=registration(**{field: "n" * 5000}))
    assert answer.status_code in {201, 422}


def test_every_wrong_field_is_named_at_once(anonymous: httpx.Client) -> None:
    answer = anonymous.post(PATH, json=registration(email="no", password="short", surprise=1))
    for pointer in ("/email", "/password", "/surprise"):
        expect_invalid(answer, pointer)
