"""Life on the stack with FRAGUA_TIME_SCALE: tokens die in a third of a second, uploads in 30 s."""

from collections.abc import Generator
from dataclasses import dataclass

import httpx

from tests.e2e.support.clients import client
from tests.e2e.support.conventions import describe
from tests.e2e.support.once import post_once
from tests.e2e.support.people import Person, registration
from tests.e2e.support.relaying import begin, give
from tests.e2e.support.sending import GIB, Json, create, put, reserve, wanted
from tests.e2e.support.waiting import eventually

SCALE = 2880
UPLOAD_LIFE = 24 * 3600 / SCALE
TRIES = 60
KEY = "the key that grows old"


class Refreshing(httpx.Auth):
    """Gets new tokens whenever the access token has died, as a client does.

    By the refresh token, and by the password where that has died, too: after 15 minutes.
    """

    requires_response_body = True

    def __init__(self, base_url: str, credentials: Json, tokens: Json) -> None:
        self.auth_url = f"{base_url}/v1/auth"
        self.credentials = credentials
        self.tokens = tokens

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send, and after a 401 refresh and send again; it may take a few rounds."""
        for _ in range(TRIES):
            request.headers["authorization"] = f"Bearer {self.tokens['access_token']}"
            answer = yield request
            if answer.status_code != 401:
                return
            body = {"refresh_token": self.tokens["refresh_token"]}
            renewed = yield httpx.Request("POST", f"{self.auth_url}/refresh", json=body)
            if renewed.status_code == 401:
                login = httpx.Request("POST", f"{self.auth_url}/login", json=self.credentials)
                renewed = yield login
            assert renewed.status_code == 200, describe(renewed)
            self.tokens = renewed.json()


@dataclass(frozen=True)
class Ageing:
    """A person on the faster stack and the uploads that were begun when it started.

    `keyed` was created with `KEY` as its Idempotency-Key and `keyed_body` as the request's body.
    """

    base_url: str
    person: Person
    unsent: Json
    unfinished: Json
    relayed: Json
    keyed: Json
    keyed_body: Json


def prepare(base_url: str) -> Ageing:
    """Register somebody and leave uploads lying that take two thirds of the quota."""
    http = client(base_url)
    body = registration()
    http.post("/v1/auth/register", json=body).raise_for_status()
    credentials = {"email": body["email"], "password": body["password"]}
    tokens = http.post("/v1/auth/login", json=credentials).raise_for_status().json()
    http.auth = Refreshing(base_url, credentials, tokens)
    person = Person(http, body["email"], body["password"], tokens["user"], tokens)
    unsent = create(person, *(wanted(5 * GIB, fragment_size=5 * GIB) for _ in range(2)))
    unfinished = reserve(person, 3)
    send_in_time(person, unfinished, b"abc")
    relayed = begin(person, 6, fragment_size=3)
    give(person, relayed, 1, b"abc")
    keyed_body = {"files": [wanted(1)]}
    keyed = post_once(person, KEY, keyed_body).raise_for_status().json()["uploads"][0]
    return Ageing(base_url, person, unsent[0], unfinished, relayed, keyed, keyed_body)


def fresh(person: Person, upload: Json) -> Json:
    """A fresh URL for the upload's first fragment."""
    path = f"/v1/uploads/{upload['id']}/fragments"
    answer = person.http.post(path, json={"numbers": [1]})
    assert answer.status_code == 200, describe(answer)
    return dict(answer.json()["fragments"][0])


def send_in_time(person: Person, upload: Json, data: bytes) -> None:
    """Send the only fragment, with fresh URLs until one is still good when the bytes arrive."""
    eventually(lambda: put(fresh(person, upload), data).status_code, lambda got: got == 200, 20)
