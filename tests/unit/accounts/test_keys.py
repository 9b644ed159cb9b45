"""The signing keys are read seldom, and a key that came or went is noticed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from botocore.stub import Stubber

from fragua.accounts import keys
from fragua.errors import Refused, Unavailable
from tests.unit.conftest import stubbed


@pytest.fixture
def secrets(environment: dict[str, str]) -> Iterator[Stubber]:
    """Secrets Manager, with the answers that a test announces."""
    keys.forget()
    with stubbed("secretsmanager") as stub:
        yield stub
    keys.forget()


def add(secrets: Stubber, stage: str, kid: str) -> None:
    """Announce one version of the secret."""
    asked = {"SecretId": "signing-key", "VersionStage": stage}
    value = json.dumps({"kid": kid, "key": f"key of {kid}"})
    secrets.add_response("get_secret_value", {"SecretString": value}, asked)


def test_a_key_is_read_once(secrets: Stubber) -> None:
    add(secrets, "AWSCURRENT", "2")
    assert keys.current() == keys.current() == keys.find("2")


def test_the_key_before_still_verifies_and_never_signs(secrets: Stubber) -> None:
    add(secrets, "AWSCURRENT", "2")
    add(secrets, "AWSPREVIOUS", "1")
    assert keys.find("1") == keys.Key("1", b"key of 1")
    assert keys.current().kid == "2"


def test_a_first_key_has_none_before_it(secrets: Stubber) -> None:
    add(secrets, "AWSCURRENT", "1")
    secrets.add_client_error("get_secret_value", "ResourceNotFoundException")
    assert keys.find("0") is None


def test_without_a_key_nothing_is_signed(secrets: Stubber) -> None:
    secrets.add_client_error("get_secret_value", "ResourceNotFoundException")
    with pytest.raises(Refused):
        keys.current()


def test_a_secrets_manager_that_is_down_is_not_taken_for_a_key_that_is_not_there(
    secrets: Stubber,
) -> None:
    add(secrets, "AWSCURRENT", "1")
    secrets.add_client_error("get_secret_value", "InternalServiceError", http_status_code=500)
    with pytest.raises(Unavailable):
        keys.find("0")


def test_a_warm_function_finds_a_key_that_is_newer_than_what_it_knows(
    secrets: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(secrets, "AWSCURRENT", "1")
    assert keys.find("1")
    add(secrets, "AWSPREVIOUS", "0")
    assert keys.find("2") is None
    secrets.assert_no_pending_responses()
    add(secrets, "AWSCURRENT", "2")
    later = time.monotonic() + 11
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert keys.find("2") == keys.Key("2", b"key of 2")
