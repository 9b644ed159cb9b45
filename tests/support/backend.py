"""The real services for tests in one process: emulator, PostgreSQL, the template's resources."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import boto3
import httpx
from botocore.loaders import Loader, create_loader

from fragua import aws, origin, presigning
from fragua.accounts import keys, plans
from fragua.database import engine, migrate
from fragua.settings import settings
from local.deployment import deploy
from local.emulator import emulator
from local.postgres import postgres
from local.template import load
from tests.support.events import Context, http_event, queue_event
from tests.support.mails import Mailbox
from tests.support.paths import ROOT
from tests.support.permissions import Recorder, not_allowed

MIB = 2**20
recorder = Recorder()
mailbox = Mailbox()


@contextmanager
def deployed() -> Iterator[dict[str, str]]:
    """Start the services, deploy the template, migrate; yield the functions' environment."""
    with TemporaryDirectory() as mails, emulator(Path(mails)) as endpoint, postgres() as url:
        mailbox.folder = Path(mails)
        environment = deploy(load(ROOT / "template.yaml"), endpoint, url).environment
        with environment_of(environment):
            migrate.upgrade()
            plans.write_all()
            yield environment
            engine.engine().dispose()
        refused = not_allowed(recorder.seen)
        assert not refused, "AWS would refuse:\n" + "\n".join(refused)


@contextmanager
def environment_of(environment: dict[str, str]) -> Iterator[None]:
    """Run the block as a function with this environment; nothing cached survives."""
    before = dict(os.environ)
    os.environ.update(environment)
    forget()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        forget()


def forget() -> None:
    """Forget what a process remembers of its environment, as a new one would."""
    settings.cache_clear()
    engine.forget()
    aws.forget()
    presigning.signing_key.cache_clear()
    keys.forget()
    origin.forget()
    # Nothing of the environment is in it, and reading it costs a tenth of a second each time.
    aws.session().register_component("data_loader", sdk_data())
    aws.session().register("provide-client-params.*.*", recorder.note)


@cache
def sdk_data() -> Loader:
    """Return what botocore knows of AWS: read once, whatever sessions come and go."""
    loader: Loader = create_loader()
    return loader


@dataclass(frozen=True)
class Answer:
    """What a handler answered; `body` is parsed where it is JSON."""

    status: int
    headers: dict[str, str]
    body: Any


@dataclass
class Client:
    """A user's view: calls the handlers as the gateway would, in this process."""

    token: str | None = None
    email: str = ""
    password: str = "correct horse"
    user_id: str = ""
    refresh_token: str = field(default="", repr=False)

    def call(self, module: str, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        """Send one request to the handler of `module`, e.g. "uploads.create"."""
        event = http_event(method, path, body, token=more.pop("token", self.token), **more)
        result = invoke(module, event)
        text = result.get("body") or ""
        is_json = "json" in result["headers"].get("content-type", "")
        return Answer(
            result["statusCode"], result["headers"], json.loads(text) if is_json else text
        )

    def create(self, *files: dict[str, Any]) -> list[dict[str, Any]]:
        """Begin uploads and return them."""
        answer = self.call("uploads.create", "POST", "/v1/uploads", {"files": list(files)})
        assert answer.status == 201, answer
        created: list[dict[str, Any]] = answer.body["uploads"]
        return created

    def begin(self, data: bytes, **more: Any) -> dict[str, Any]:
        """Begin one upload of `data` and send all its fragments."""
        smallest = MIB if more.get("mode") == "relay" else 5 * MIB
        new = {"file_name": "a.bin", "size": len(data), "fragment_size": smallest, **more}
        (upload,) = self.create(new)
        if upload["mode"] == "relay":
            self.relay(upload, data)
        else:
            send(upload, data)
        return upload

    def relay(self, upload: dict[str, Any], data: bytes) -> None:
        """Send every fragment of an upload through the API."""
        size = upload["fragment_size"]
        for number in range(1, upload["fragment_count"] + 1):
            piece = data[(number - 1) * size : number * size]
            assert self.put(upload, number, piece).status == 204

    def put(self, upload: dict[str, Any], number: Any, piece: bytes, **more: Any) -> Answer:
        """Send one fragment of an upload through the API."""
        path = f"/v1/uploads/{upload['id']}/fragments/{number}"
        return self.call("uploads.put_fragment", "PUT", path, piece, **more)

    def complete(self, upload: dict[str, Any], body: Any = None) -> Answer:
        """Complete an upload."""
        path = f"/v1/uploads/{upload['id']}/complete"
        return self.call("uploads.complete", "POST", path, body)

    def upload(self, data: bytes, **more: Any) -> dict[str, Any]:
        """Bring a file all the way; return its upload, ready or failed."""
        upload = self.begin(data, **more)
        assert self.complete(upload, more.get("completion")).status == 202
        assemble(self.user_id, upload["id"])
        return self.get(upload)

    def get(self, upload: dict[str, Any]) -> dict[str, Any]:
        """Read an upload again."""
        answer = self.call("uploads.get", "GET", f"/v1/uploads/{upload['id']}")
        assert answer.status == 200, answer
        found: dict[str, Any] = answer.body
        return found


def send(upload: dict[str, Any], data: bytes) -> None:
    """Send every fragment of an upload to where its URL says."""
    for fragment in upload["fragments"]:
        begin = fragment["offset"]
        answer = httpx.put(
            fragment["url"],
            headers=fragment["headers"],
            content=data[begin : begin + fragment["size"]],
        )
        assert answer.status_code == 200, answer.text


def message(owner_id: str, upload_id: str) -> dict[str, str]:
    """Make the body of an assembly message."""
    return {"owner_id": owner_id, "upload_id": upload_id}


def assemble(owner_id: str, upload_id: str) -> dict[str, Any]:
    """Run the assembly worker on one message, in this process."""
    event = queue_event(message(owner_id, upload_id))
    return invoke("uploads.assemble", event)


def invoke(module: str, event: dict[str, Any]) -> dict[str, Any]:
    """Run a function's handler in this process, and note what it asks AWS for."""
    handler = importlib.import_module(module).handler
    if recorder.last != module:
        # Functions share no process: each reads the keys itself.
        keys.forget()
    recorder.function = recorder.last = module
    try:
        answer: dict[str, Any] = handler(event, Context())
        recorder.note_answer(answer)
    finally:
        recorder.function = None
    return answer


def new_client() -> Client:
    """Register a new user and log in."""
    client = Client(email=f"{uuid4().hex}@example.com")
    profile = {"first_name": "Ada", "last_name": "Lovelace"}
    credentials = {"email": client.email, "password": client.password}
    registered = client.call(
        "accounts.register", "POST", "/v1/auth/register", {**credentials, **profile}
    )
    assert registered.status == 201, registered
    tokens = client.call("accounts.login", "POST", "/v1/auth/login", credentials).body
    client.token, client.refresh_token = tokens["access_token"], tokens["refresh_token"]
    client.user_id = tokens["user"]["id"]
    return client


def received() -> list[str]:
    """Take all that waits in the assembly queue and return the bodies."""
    queue, bodies = settings().assembly_queue_url, list[str]()
    sqs = boto3.client("sqs")
    while taken := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        bodies += [message["Body"] for message in taken]
    return bodies
