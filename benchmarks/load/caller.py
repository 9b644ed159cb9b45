"""Somebody with an account and connections of his own, who checks each answer.

Imported only in the environment that has locust, and gevent below it.
"""

from __future__ import annotations

import json
import random
import time
from typing import Any
from uuid import uuid4

import gevent  # type: ignore[import-untyped] # what locust runs on
from locust import FastHttpUser  # type: ignore[import-not-found] # in an environment of its own

from benchmarks.load.results import BEGIN, COMPLETE, SEND, Upload

CITIES = ("Bogotá", "Medellín", "Cali", "Barranquilla")
# Seconds. Whoever waits asks again after the first, then less and less often.
FIRST_PAUSE, LAST_PAUSE, SLOWER = 0.5, 45.0, 1.5


class GivenUp(Exception):
    """An answer was not what it should be; the text says which."""


class Caller(FastHttpUser):  # type: ignore[misc] # locust is not in the environment that checks
    """Keeps one connection to the API and one to the store, and opens them again when they end."""

    abstract = True
    connection_timeout = 10.0
    # The gateway gives up after 30 s, so that an answer is always there before.
    network_timeout = 60.0
    concurrency = 1
    # Stands before the labels of all requests.
    prefix = ""

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self._tokens: dict[str, Any] = {}
        self._renew_at = float("inf")

    def ask(self, route: str, status: int, body: object = None, **names: str) -> Any:
        """Ask the API and return the JSON of its answer; `names` fill the gaps of the route."""
        if time.monotonic() > self._renew_at:
            self._renew()
        method, path = route.split()
        headers = {}
        if self._tokens:
            headers["authorization"] = f"Bearer {self._tokens['access_token']}"
        text = self.fetch(route, status, method, path.format(**names), json=body, headers=headers)
        return json.loads(text)

    def fetch(self, label: str, status: int, method: str, url: str, **more: Any) -> bytes:
        """Ask anybody; raises GivenUp when the answer has another status."""
        with self.client.request(
            method, url, name=self.prefix + label, catch_response=True, **more
        ) as answer:
            if answer.status_code != status:
                reason = _reason(answer)
                answer.failure(reason)
                raise GivenUp(f"{label}: {reason}")
            answer.success()
            content: bytes = answer.content or b""
        return content

    def sign_up(self) -> None:
        """Register and log in."""
        who = {"email": f"{uuid4().hex}@example.com", "password": uuid4().hex}
        name = {"first_name": "Ada", "last_name": "Lovelace", "city": random.choice(CITIES)}  # noqa: S311 - no secret
        self.ask("POST /v1/auth/register", 201, who | name)
        self._keep(self.ask("POST /v1/auth/login", 200, who))

    def upload(self, clip: bytes) -> tuple[str, Upload]:
        """Send a clip straight to the store; returns the upload's id and its times."""
        began = time.time()
        file = {"file_name": "clip.mp4", "size": len(clip), "content_type": "video/mp4"}
        (upload,) = self.ask(BEGIN, 201, {"files": [file]})["uploads"]
        for fragment in upload["fragments"]:
            part = clip[fragment["offset"] : fragment["offset"] + fragment["size"]]
            where = (fragment["method"], fragment["url"])
            self.fetch(SEND, 200, *where, data=part, headers=fragment["headers"])
        self.ask(COMPLETE, 202, id=upload["id"])
        return upload["id"], Upload(began, time.time())

    def await_ready(self, route: str, while_status: str, **names: str) -> Any:
        """Ask until it is ready; raises GivenUp when it becomes anything else."""
        pause = FIRST_PAUSE
        while (seen := self.ask(route, 200, **names))["status"] == while_status:
            # Not all at the same moment, though they all came at the same one.
            gevent.sleep(pause * random.uniform(0.7, 1.3))  # noqa: S311 - no secret
            pause = min(pause * SLOWER, LAST_PAUSE)
        if seen["status"] != "ready":
            raise GivenUp(f"{route}: {seen['status']}, {seen.get('failure')}")
        return seen

    def _renew(self) -> None:
        """Get tokens anew: an access token may live shorter than a video takes to be made."""
        self._renew_at = float("inf")
        spent = {"refresh_token": self._tokens["refresh_token"]}
        self._keep(self.ask("POST /v1/auth/refresh", 200, spent))

    def _keep(self, tokens: dict[str, Any]) -> None:
        self._tokens = tokens
        self._renew_at = time.monotonic() + tokens["expires_in"] / 2


def _reason(answer: Any) -> str:
    """Status and code of a refusal, or the kind of an exception; never an address."""
    if not answer.status_code:
        return type(answer.error).__name__
    try:
        code = json.loads(answer.content).get("code")
    except (ValueError, AttributeError):
        code = None
    return f"{answer.status_code} {code or 'without a code'}"
