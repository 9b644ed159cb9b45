"""Every function answers the event that stands under events/ for it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.backend import MIB, Client, invoke
from tests.support.paths import ROOT

EVENTS = sorted((ROOT / "events").glob("*/*.json"))
UPLOAD, FILE = "019aa3c0-0000-7000-8000-000000000001", "019aa3c0-0000-7000-8000-000000000002"
# What the event of put_fragment carries.
FRAGMENT = b"Fragments in, one verified file out.\n"
OWNER = "019aa3c0-0000-7000-8000-000000000003"

# What the function answers where that is not 200, or what it returns where it has no route.
EXPECTED: dict[str, Any] = {
    "accounts/register": 201,
    "accounts/login": 401,  # the event's user is registered only in whoever's deployment
    "accounts/logout": 204,
    "accounts/change_password": 204,
    "accounts/bootstrap": {"created", "user_id"},
    "uploads/create": 201,
    "uploads/put_fragment": 204,
    "uploads/complete": 202,
    "uploads/abort": 204,
    "uploads/assemble": {"batchItemFailures"},
    "uploads/give_up": {"batchItemFailures"},
    "uploads/sweep": {"mended"},
    "files/delete": 204,
    "database/migrate": {"revision"},
    "database/sweep_outbox": {"done", "failed", "forgotten"},
}


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def prepared(path: Path, client: Client) -> dict[str, Any]:
    """Read an event and put real tokens and ids where it has placeholders."""
    data = os.urandom(6 * MIB)
    text = path.read_text()
    if path.stem == "put_fragment":
        new = {"file_name": "a.txt", "size": len(FRAGMENT), "mode": "relay"}
        text = text.replace(UPLOAD, client.create(new)[0]["id"])
    if UPLOAD in text:
        text = text.replace(UPLOAD, client.begin(data)["id"]).replace(OWNER, client.user_id)
    if FILE in text:
        text = text.replace(FILE, client.upload(data)["file_id"])
    text = text.replace("ACCESS_TOKEN", client.token or "")
    event: dict[str, Any] = json.loads(text.replace("REFRESH_TOKEN", client.refresh_token))
    return event


@pytest.mark.parametrize("path", EVENTS, ids=name_of)
def test_a_function_answers_its_event(path: Path, client: Client) -> None:
    answer = invoke(name_of(path).replace("/", "."), prepared(path, client))
    expected = EXPECTED.get(name_of(path), 200)
    assert (set(answer) if isinstance(expected, set) else answer["statusCode"]) == expected
