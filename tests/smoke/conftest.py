"""Somebody new at a deployment that serves: `make smoke URL=https://...`.

Everything goes by HTTP and the client alone. Files, uploads and sessions are gone afterwards; the
account stays, one a run, because nobody may delete his own.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from fragua_client import Client, File, Journal, MemorySession, Options, upload

VARIABLE = "FRAGUA_BASE_URL"
# What a container that starts, a queue and a cold database may take together, in seconds.
PATIENCE = 120


@dataclass(frozen=True)
class Person:
    """An account of this run, logged in, and where its files are made."""

    client: Client
    folder: Path

    def upload(self, path: Path, mode: str = "direct") -> File:
        """Upload a file and wait until it is there."""
        journal = Journal(self.folder / "journal", self.client.url, self.client.session.user_id)
        [outcome] = upload(self.client, journal, [path], Options(mode=mode))
        if outcome.error:
            raise outcome.error
        assert outcome.file
        return outcome.file

    def file(self, name: str, size: int) -> Path:
        """A file of random bytes."""
        path = self.folder / name
        path.write_bytes(secrets.token_bytes(size))
        return path


@pytest.fixture(scope="session")
def url() -> str:
    """The address of the deployment."""
    if not (found := os.environ.get(VARIABLE)):
        pytest.fail("Which deployment? make smoke URL=https://...")
    return found.rstrip("/")


@pytest.fixture(scope="session")
def http(url: str) -> Iterator[httpx.Client]:
    """Somebody without a token."""
    with httpx.Client(base_url=url, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def person(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """A new account, whose files and sessions are ended afterwards."""
    client = Client(url, MemorySession())
    email, password = f"smoke-{uuid4().hex}@example.com", secrets.token_urlsafe(16)
    client.register(email, password, "Smoke", "Test")
    client.login(email, password)
    yield Person(client, tmp_path_factory.mktemp("smoke"))
    for one in list(client.uploads()):
        if one.status == "receiving":
            client.abort(one.id)
    for file in list(client.files()):
        client.delete_file(file.id)
    assert not list(client.files())
    client.logout(everywhere=True)
    client.close()
