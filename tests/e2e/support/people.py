"""People who use the service: each registers, logs in, and then speaks through `http`."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.e2e.support.clients import client
from tests.e2e.support.conventions import describe
from tests.e2e.support.forgery import decode

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Person:
    """An account with one open session."""

    http: httpx.Client
    email: str
    password: str
    user: dict[str, Any]
    tokens: dict[str, Any]


def new_email() -> str:
    """An address that no earlier run has used either."""
    return f"smith-{uuid4().hex}@example.com"


def registration(**changes: Any) -> dict[str, Any]:
    """A body that `register` accepts, with some of its fields changed."""
    names = {"first_name": "Ada", "last_name": "Herrera"}
    return {"email": new_email(), "password": PASSWORD} | names | changes


def register(base_url: str, **changes: Any) -> Person:
    """A new account, logged in."""
    body = registration(**changes)
    answer = client(base_url).post("/v1/auth/register", json=body)
    assert answer.status_code == 201, describe(answer)
    return log_in(base_url, body["email"], body["password"])


def log_in(base_url: str, email: str, password: str, address: str | None = None) -> Person:
    """One more session of an account that there is."""
    answer = client(base_url, address=address).post(
        "/v1/auth/login", json={"email": email, "password": password}
    )
    assert answer.status_code == 200, describe(answer)
    tokens = answer.json()
    http = client(base_url, tokens["access_token"], address)
    return Person(http, email, password, tokens["user"], tokens)


def again(base_url: str, person: Person) -> Person:
    """Another session of the same person."""
    return log_in(base_url, person.email, person.password)


def refresh(base_url: str, refresh_token: str) -> httpx.Response:
    """Spend a refresh token."""
    return client(base_url).post("/v1/auth/refresh", json={"refresh_token": refresh_token})


def keep_awake(base_url: str, person: Person) -> None:
    """Renew somebody's tokens when half the life of the access token is over."""
    claims = decode(person.tokens["access_token"].split(".")[1])
    if time.time() > (claims["iat"] + claims["exp"]) / 2:
        answer = refresh(base_url, person.tokens["refresh_token"])
        assert answer.status_code == 200, describe(answer)
        person.tokens.update(answer.json())
        person.http.headers["authorization"] = f"Bearer {person.tokens['access_token']}"


def session_status(base_url: str, access_token: str) -> int:
    """200 while the access token works, 401 afterwards."""
    return client(base_url, access_token).get("/v1/auth/session").status_code
