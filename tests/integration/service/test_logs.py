"""Log lines carry ids, and nothing that opens a door."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.support.backend import MIB, Client, environment_of, new_client
from tests.support.logs import written


@pytest.fixture
def lines(backend: dict[str, str]) -> Iterator[io.StringIO]:
    """All that is logged, down to the least severe line."""
    with written() as noted, environment_of({"LOG_LEVEL": "DEBUG"}):
        yield noted


def everything() -> list[str]:
    """Do all that a user does, wrong and right; return what no log may hold."""
    client, password = new_client(), f"secret {uuid4()}"
    login = {"email": client.email, "password": password}
    client.call("accounts.login", "POST", "/v1/auth/login", login)
    change = {"current_password": password, "new_password": password}
    client.call("accounts.change_password", "POST", "/v1/auth/password", change)
    client.call("accounts.register", "POST", "/v1/auth/register", {"password": password})
    body = {"refresh_token": client.refresh_token}
    fresh = client.call("accounts.refresh", "POST", "/v1/auth/refresh", body).body
    upload = client.upload(data := os.urandom(6 * MIB))
    path = f"/v1/files/{upload['file_id']}/download"
    url = client.call("files.download", "GET", path).headers["location"]
    client.call("accounts.refresh", "POST", "/v1/auth/refresh", body)
    client.call("accounts.get_me", "GET", "/v1/users/me")
    tokens = [
        client.token or "",
        client.refresh_token,
        *(fresh[n] for n in fresh if n.endswith("_token")),
    ]
    signatures = [text.rpartition(".")[2] for text in tokens] + [url.rpartition("=")[2]]
    return [password, client.password, *tokens, *signatures, url, data[:16].hex()]


def test_no_line_holds_a_password_a_token_or_a_presigned_url(lines: io.StringIO) -> None:
    secrets = everything()
    written = lines.getvalue()
    assert len(secrets) == 13
    assert all(len(secret) > 10 for secret in secrets)
    assert [secret for secret in secrets if secret in written] == []
    assert not [word for word in ("X-Amz-Signature", "argon2", "Bearer ") if word in written]


def test_every_line_is_json_and_says_whose_request_it_was(lines: io.StringIO) -> None:
    everything()
    parsed = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert len(parsed) > 3
    assert all(line["correlation_id"] and line["level"] for line in parsed)


def test_an_assembly_is_logged_with_its_ids(client: Client, lines: io.StringIO) -> None:
    upload = client.upload(b"x")
    (line,) = [json.loads(t) for t in lines.getvalue().splitlines() if '"assembled"' in t]
    assert (line["upload_id"], line["file_id"]) == (upload["id"], upload["file_id"])
