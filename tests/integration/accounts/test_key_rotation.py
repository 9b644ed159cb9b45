"""The signing key is changed while people are logged in, and nobody notices."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import jwt
import pytest

from fragua import aws
from fragua.accounts import keys
from local.account import STACK_NAME
from tests.support.backend import Client, environment_of, invoke, new_client
from tests.support.bench import eventually

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


def manager(operation: str, **arguments: Any) -> dict[str, Any]:
    return aws.call("secretsmanager", operation, **arguments)


@dataclass(frozen=True)
class Secret:
    """A signing key of the test's own, rotated as Secrets Manager does it."""

    arn: str

    def step(self, name: str, version: str) -> None:
        event = {"Step": name, "SecretId": self.arn, "ClientRequestToken": version}
        invoke("accounts.rotate_key", event)

    def rotate(self) -> str:
        """Take all four steps; return the version's id."""
        version = str(uuid4())
        for name in STEPS:
            self.step(name, version)
        return version

    def put(self, value: dict[str, str]) -> str:
        """Put a version that waits, and return its id."""
        version, text = str(uuid4()), json.dumps(value)
        about = {"SecretId": self.arn, "ClientRequestToken": version}
        manager("put_secret_value", **about, SecretString=text, VersionStages=["AWSPENDING"])
        return version

    def value(self, stage: str = "AWSCURRENT") -> dict[str, str]:
        answer = manager("get_secret_value", SecretId=self.arn, VersionStage=stage)
        value: dict[str, str] = json.loads(answer["SecretString"])
        return value


@pytest.fixture
def secret(backend: dict[str, str]) -> Iterator[Secret]:
    """The functions' signing key, which no other test has."""
    text = json.dumps({"kid": "1", "key": "k" * 64})
    # As the deployment calls its own, so that the policies are judged by it.
    name = f"{STACK_NAME}-SigningKey-{uuid4().hex[:8]}"
    arn = manager("create_secret", Name=name, SecretString=text)["ARN"]
    with environment_of({"SIGNING_KEY_SECRET": arn}):
        yield Secret(arn)


def status(client: Client, token: str | None = None) -> int:
    more = {"token": token} if token else {}
    return client.call("accounts.get_session", "GET", "/v1/auth/session", **more).status


def kid(client: Client) -> str:
    return str(jwt.get_unverified_header(client.token or "")["kid"])


def refresh(client: Client) -> int:
    body = {"refresh_token": client.refresh_token}
    return client.call("accounts.refresh", "POST", "/v1/auth/refresh", body, token=None).status


def later() -> None:
    """Be a function that has read the keys some minutes ago."""
    keys.forget()


def test_who_is_logged_in_stays_so_and_who_logs_in_gets_the_new_key(secret: Secret) -> None:
    before = new_client()
    version = secret.rotate()
    later()
    after = new_client()
    assert (kid(before), kid(after)) == ("1", version[:8])
    assert [status(before), status(after), refresh(before)] == [200, 200, 200]


def test_a_warm_function_notices_a_token_of_a_key_that_is_newer_than_what_it_knows(
    secret: Secret,
) -> None:
    # Unknown keys are asked for every tenth of a second at the most.
    with environment_of({"FRAGUA_TIME_SCALE": "100"}):
        client = new_client()
        secret.rotate()
        new = secret.value()
        # As another function signs it, which has read the new key.
        claims = jwt.decode(client.token or "", options={"verify_signature": False})
        token = jwt.encode(claims, new["key"], headers={"kid": new["kid"]})
        assert eventually(lambda: status(client, token), (200).__eq__) == 200
        assert status(client) == 200


def test_two_rotations_end_what_the_first_key_signed(secret: Secret) -> None:
    stolen = new_client()
    secret.rotate()
    secret.rotate()
    later()
    assert [status(stolen), refresh(stolen)] == [401, 401]


def test_each_step_may_be_called_again(secret: Secret) -> None:
    version = str(uuid4())
    made = []
    for name in STEPS:
        for _ in range(2):
            secret.step(name, version)
        made.append(secret.value("AWSPENDING"))
    for name in STEPS:
        secret.step(name, version)
    assert made.count(made[0]) == len(STEPS)
    assert secret.value() == made[0]
    assert secret.value("AWSPREVIOUS") == {"kid": "1", "key": "k" * 64}


def test_a_key_can_not_be_guessed(secret: Secret) -> None:
    secret.rotate()
    first = secret.value()["key"]
    secret.rotate()
    assert len(first) > 64
    assert first != secret.value()["key"]


@pytest.mark.parametrize(
    "value", [{"kid": "1", "key": "another" * 20}, {"kid": "2", "key": "short"}]
)
def test_a_key_that_is_no_good_never_signs(secret: Secret, value: dict[str, str]) -> None:
    version = secret.put(value)
    with pytest.raises(RuntimeError, match="not good"):
        secret.step("testSecret", version)
    assert secret.value()["kid"] == "1"


def test_a_schedule_is_tried_with_a_copy_of_the_key(secret: Secret) -> None:
    version = secret.put(secret.value())
    secret.step("testSecret", version)
    assert secret.value()["kid"] == "1"


@pytest.mark.parametrize("step", STEPS[1:])
def test_a_version_that_nobody_announced_is_refused(secret: Secret, step: str) -> None:
    with pytest.raises(RuntimeError, match="waits"):
        secret.step(step, str(uuid4()))


def test_a_rotation_that_broke_off_is_begun_anew(secret: Secret) -> None:
    secret.step("createSecret", str(uuid4()))
    version = secret.rotate()
    assert secret.value()["kid"] == version[:8]
