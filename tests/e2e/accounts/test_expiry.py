"""Access tokens that have grown old, on the stack where time runs faster."""

import httpx
import pytest

from tests.e2e.support.clients import client
from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.hurry import SCALE, Ageing
from tests.e2e.support.people import log_in, refresh
from tests.e2e.support.waiting import eventually


def test_an_expired_access_token_is_refused_and_can_be_renewed(ageing: Ageing) -> None:
    someone = ageing.person
    fresh = client(ageing.base_url).post(
        "/v1/auth/login", json={"email": someone.email, "password": someone.password}
    )
    tokens = fresh.json()
    expired = client(ageing.base_url, tokens["access_token"])

    def session() -> httpx.Response:
        return expired.get("/v1/auth/session")

    expect_problem(eventually(session, lambda answer: answer.status_code == 401, 10), 401)
    assert refresh(ageing.base_url, tokens["refresh_token"]).status_code == 200


def test_a_token_says_how_long_it_lives(ageing: Ageing) -> None:
    tokens = log_in(ageing.base_url, ageing.person.email, ageing.person.password).tokens
    assert tokens["expires_in"] <= max(1, 15 * 60 / SCALE)
    assert tokens["refresh_expires_in"] == pytest.approx(30 * 24 * 3600 / SCALE, abs=2)
