"""What may happen to the uploads of one user, in any order; judged after each step."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar
from unittest.mock import patch
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from fragua import dynamodb
from fragua.accounts.sessions import Account
from fragua.errors import Problem
from fragua.files import service as files
from fragua.idempotency import Once
from fragua.settings import settings
from fragua.uploads import assembly, creation, progress, service, store, sweeper
from fragua.uploads.schemas import NewUpload
from tests.support.backend import Client, received
from tests.support.deaths import Dead, Deaths
from tests.support.histories import SHAPES, Model, arrived, crc32, edit, judge
from tests.support.tables import change, committed

# Other bytes of the same length.
OTHER = bytes(range(255, -1, -1))
# Steps that a function lives, mostly for ever.
lives = st.one_of(st.none(), st.none(), st.none(), st.integers(0, 24))
which = st.integers(0, 99)

ENDED = {"aborted": "upload_aborted", "expired": "upload_expired", "failed": "upload_failed"}


class Histories(RuleBasedStateMachine):
    """Create, send, complete, deliver, kill, expire, abort, delete, sweep, in any order."""

    client: ClassVar[Client]
    account: ClassVar[Account]
    deaths: ClassVar[Deaths]

    def __init__(self) -> None:
        super().__init__()
        self.models: list[Model] = []
        self.looked_at: Model | None = None
        self.messages: list[dict[str, str]] = []
        self.owner = UUID(self.client.user_id)
        self.before = committed(self.client)

    def pick(self, index: int) -> Model | None:
        """Choose an upload, the newest ones sooner; it is what the step is about."""
        if self.models:
            self.looked_at = self.models[-1 - index % len(self.models) % 4]
        return self.looked_at

    def told(self, steps: int | None, do: Callable[[], Any]) -> str:
        """Do something that may die; return ok, dead or the code of the problem."""
        try:
            with self.deaths.after(steps):
                do()
        except Problem as problem:
            return problem.code
        except Dead:
            return "dead"
        return "ok"

    @initialize(shape=st.sampled_from(SHAPES), declared=st.sampled_from(["none", "right"]))
    def begin(self, shape: tuple[str, int, int], declared: str) -> None:
        self.create(shape, declared, None)

    @rule(
        shape=st.sampled_from(SHAPES),
        declared=st.sampled_from(["none", "right", "right", "wrong"]),
        steps=lives,
    )
    def create(self, shape: tuple[str, int, int], declared: str, steps: int | None) -> None:
        mode, size, cut = shape
        data = os.urandom(size)
        value = {"none": None, "right": crc32(data), "wrong": crc32(data + b"x")}[declared]
        new = NewUpload.model_validate(
            {
                "file_name": "a",
                "size": size,
                "mode": mode,
                "fragment_size": cut,
                "checksum": value and {"algorithm": "crc32", "value": value},
            }
        )
        account = replace(self.account, committed=committed(self.client))
        once = Once.of(str(uuid4()), "a request", lambda _: ("1", b"key"))
        made: list[Any] = []
        outcome = self.told(steps, lambda: made.extend(creation.create(account, [new], once)))
        if outcome == "dead":
            # Whoever died lets go of the key when it can't be running any more.
            guard = {"guard": f"once:uploads:{self.owner}:{once.key}"}
            if dynamodb.get(settings().guards_table, guard):
                change(settings().guards_table, guard, free_at=0)
        # Sent again, it is the same upload.
        again = creation.create(account, [new], once)
        assert [each.id for each in made] in ([], [each.id for each in again])
        self.models.append(Model(again[0].id, mode, data, cut, declared))

    @rule(index=which, number=st.integers(1, 5), other=st.integers(0, 5), steps=lives)
    def send(self, index: int, number: int, other: int, steps: int | None) -> None:
        model = self.pick(index)
        if model is None:
            return
        data = model.piece(number)
        if not other:
            data = data.translate(OTHER)
        if model.mode == "relay":
            self.relay(model, number, data, steps)
        elif number <= model.count:
            self.put(model, number, data)

    def relay(self, model: Model, number: int, data: bytes, steps: int | None) -> None:
        outcome = self.told(
            steps, lambda: service.receive(self.owner, model.upload_id, number, data, None)
        )
        kept = model.fragments.get(number)
        if number > model.count:
            expected = "not_found"
        elif model.status != "receiving":
            expected = self.refusal(model)
        else:
            expected = "ok" if kept in (None, data) else "fragment_conflict"
        assert outcome in (expected, "dead")
        if (
            expected == "ok"
            and kept is None
            and (outcome == "ok" or arrived(self.owner, model, number))
        ):
            model.fragments[number] = data

    def refusal(self, model: Model) -> str:
        """Return why an upload takes no more fragments."""
        gone = model.status in {"aborted", "expired"}
        return f"upload_{model.status}" if gone else "upload_ended"

    def put(self, model: Model, number: int, data: bytes) -> None:
        if model.status != "receiving":
            with pytest.raises(Problem, match=self.refusal(model)):
                service.presign(self.owner, model.upload_id, [number], {})
            return
        (url,) = service.presign(self.owner, model.upload_id, [number], {})
        httpx.put(url.url, headers=url.headers, content=data).raise_for_status()
        model.fragments[number] = data

    @rule(index=which, steps=lives)
    def complete(self, index: int, steps: int | None) -> None:
        if (model := self.pick(index)) is None:
            return
        outcome = self.told(steps, lambda: service.complete(self.owner, model.upload_id, None))
        missing = len(model.fragments) < model.count
        if model.status == "receiving":
            expected = "fragment_missing" if missing else "ok"
        else:
            expected = ENDED.get(model.status, "ok")
        assert outcome in (expected, "dead")
        if model.status == "receiving" and expected == "ok":
            self.adopt(model, {"assembling"} if outcome == "ok" else {"receiving", "assembling"})

    def adopt(self, model: Model, possible: set[str]) -> None:
        """Take over what became of it, where a death leaves several answers."""
        model.status = progress.load(self.owner, model.upload_id).status
        assert model.status in possible

    @rule(
        index=which,
        steps=st.one_of(st.none(), st.integers(0, 50)),
        again=st.booleans(),
        last_try=st.booleans(),
    )
    def deliver(self, index: int, steps: int | None, again: bool, last_try: bool) -> None:
        """Hand a message to a worker; sometimes the queue delivers it once more later."""
        self.messages += [json.loads(body) for body in received()]
        if not self.messages:
            return
        message = self.messages.pop(index % len(self.messages))
        model = next((m for m in self.models if str(m.upload_id) == message["upload_id"]), None)
        if model is None:
            return
        outcome = self.told(
            steps, lambda: assembly.assemble(self.owner, model.upload_id, last_try=last_try)
        )
        if outcome == "dead" or again:
            self.messages.append(message)
        if model.status == "assembling":
            self.adopt(model, {"assembling", model.end})

    @rule(index=which)
    def lapse(self, index: int) -> None:
        """Let the lease of a worker that died end."""
        if (model := self.pick(index)) is not None:
            edit(self.owner, model, lease_until=0)

    @rule(index=which, steps=lives)
    def expire(self, index: int, steps: int | None) -> None:
        """Let the time of an upload be over, and the sweeper come."""
        if (model := self.pick(index)) is None:
            return
        edit(self.owner, model, created_at=0)
        if model.status == "receiving":
            model.status = "expired"
            with pytest.raises(Problem, match="upload_expired"):
                service.complete(self.owner, model.upload_id, None)
        self.sweep(steps)

    @rule(steps=lives)
    def sweep(self, steps: int | None) -> None:
        """Let a while pass and the sweeper come."""
        for model in self.models:
            edit(self.owner, model, due_at=0)
        # Nothing is in the other shards, and each costs a query.
        shards = "".join(sorted({str(model.upload_id)[-1] for model in self.models}))
        with patch.object(store, "SHARDS", shards):
            self.told(steps, sweeper.sweep)

    @rule(index=which, steps=lives)
    def abort(self, index: int, steps: int | None) -> None:
        if (model := self.pick(index)) is None:
            return
        outcome = self.told(steps, lambda: service.abort(self.owner, model.upload_id))
        expected = "upload_ended" if model.status in {"assembling", "ready"} else "ok"
        assert outcome in (expected, "dead")
        if model.status == "receiving":
            self.adopt(model, {"aborted"} if outcome == "ok" else {"receiving", "aborted"})

    @rule(index=which)
    def delete(self, index: int) -> None:
        model = self.pick(index)
        if model and model.status == "ready" and not model.deleted:
            files.delete(self.owner, self.file_id(model))
            model.deleted = True

    def file_id(self, model: Model) -> UUID:
        file_id = progress.load(self.owner, model.upload_id).file_id
        assert file_id
        return file_id

    @invariant()
    def what_is_shown_is_what_the_book_says(self) -> None:
        if (model := self.looked_at) is None:
            return
        shown = service.get(self.owner, model.upload_id)
        assert shown.status == model.status
        if model.status == "receiving":
            shown_numbers = {n for first, last in shown.received for n in range(first, last + 1)}
            assert shown_numbers == set(model.fragments)

    @invariant()
    def the_quota_is_that_of_what_is_there(self) -> None:
        # An upload that is over is shown so before the sweeper gives its quota back.
        kept = [store.get(self.owner, m.upload_id) for m in self.models if m.status == "expired"]
        late = sum(upload.size for upload in kept if upload and upload.status == "receiving")
        reserved = sum(model.reserved for model in self.models)
        assert committed(self.client) - self.before == reserved + late

    def teardown(self) -> None:
        """Let all be delivered and swept; then nothing is left but the files."""
        for _ in range(2):
            for model in self.models:
                edit(self.owner, model, lease_until=0)
            self.sweep(None)
            while self.messages or (more := received()):
                self.messages += [] if self.messages else [json.loads(body) for body in more]
                self.deliver(0, None, again=False, last_try=False)
        for model in self.models:
            judge(self.owner, model)
            # The next history has no use for it.
            key = {"owner_id": self.owner, "upload_id": model.upload_id}
            dynamodb.delete(settings().uploads_table, key)
        change(settings().accounts_table, {"user_id": self.owner}, committed=self.before)
