"""Authorization: what opens a route, and what does not."""

import httpx
import pytest

from tests.e2e.support.clients import client, raw_json
from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.forgery import decode, forgeries
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT, CLOSED

SESSION = "/v1/auth/session"
FORGERIES = forgeries("e30.e30.AAAA")


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer -", "Basic YTpi", "Bearer x"]
)
@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_a_closed_route_needs_a_token(
    anonymous: httpx.Client, method: str, path: str, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    answer = anonymous.request(method, path.format(id=ABSENT), headers=headers)
    expect_problem(answer, 401)
    assert answer.headers["www-authenticate"].lower().startswith("bearer")


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_the_token_is_asked_for_before_anything_else(
    anonymous: httpx.Client, method: str, path: str
) -> None:
    nonsense = raw_json("{broken", "text/plain") if method in {"POST", "PATCH"} else {}
    expect_problem(anonymous.request(method, path.format(id="no-id"), **nonsense), 401)


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_token_opens_nothing(anonymous: httpx.Client, ana: Person, name: str) -> None:
    token = forgeries(ana.tokens["access_token"])[name]
    answer = anonymous.get(SESSION, headers={"authorization": f"Bearer {token}"})
    expect_problem(answer, 401)


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "BeArEr"])
def test_the_scheme_is_compared_without_case(base_url: str, ana: Person, scheme: str) -> None:
    headers = {"authorization": f"{scheme} {ana.tokens['access_token']}"}
    assert client(base_url).get(SESSION, headers=headers).status_code == 200


@pytest.mark.parametrize("second", ["Bearer {token}", "Bearer x", "Basic YTpi", ""])
def test_a_second_authorization_header_is_refused(
    anonymous: httpx.Client, ana: Person, second: str
) -> None:
    token = ana.tokens["access_token"]
    for order in (1, -1):
        both = [f"Bearer {token}", second.format(token=token)][::order]
        headers = [("authorization", value) for value in both]
        expect_problem(anonymous.get(SESSION, headers=headers), {400, 401})


@pytest.mark.parametrize(
    "value",
    ["Bearer {0}, Bearer {0}", "Bearer {0},{0}", "Bearer {0} {0}", "Bearer {0};", "{0}"]
    + ["Bearer: {0}", "Bearer Bearer {0}", "Token {0}", 'Bearer "{0}"', "Bearer token={0}"],
)
def test_a_good_token_in_a_bad_header_is_refused(
    anonymous: httpx.Client, ana: Person, value: str
) -> None:
    headers = {"authorization": value.format(ana.tokens["access_token"])}
    expect_problem(anonymous.get(SESSION, headers=headers), {400, 401})


def test_bytes_that_are_no_text_are_refused(anonymous: httpx.Client) -> None:
    headers = [(b"authorization", b"Bearer \xff\xfe\xc3\x28")]
    expect_problem(anonymous.get(SESSION, headers=headers), {400, 401})


def test_a_token_elsewhere_than_in_the_header_is_not_seen(
    anonymous: httpx.Client, ana: Person
) -> None:
    token = ana.tokens["access_token"]
    expect_problem(anonymous.get(SESSION, params={"access_token": token}), 401)
    expect_problem(anonymous.get(SESSION, headers={"cookie": f"access_token={token}"}), 401)
    expect_problem(anonymous.get(SESSION, headers={"x-authorization": f"Bearer {token}"}), 401)


def test_a_refresh_token_is_no_access_token(anonymous: httpx.Client, ana: Person) -> None:
    headers = {"authorization": f"Bearer {ana.tokens['refresh_token']}"}
    expect_problem(anonymous.get(SESSION, headers=headers), 401)


def test_a_token_says_nothing_private(ana: Person) -> None:
    said = str(decode(ana.tokens["access_token"].split(".")[1]))
    assert ana.password not in said
    assert ana.tokens["refresh_token"] not in said
