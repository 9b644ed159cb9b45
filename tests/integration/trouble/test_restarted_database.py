"""PostgreSQL stops and starts again while a worker publishes: nothing is lost, nothing doubled."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.backend import Client
from tests.support.bench import COMMIT, INSERT, SELECT, Bench, after_lease
from tests.support.faults import Act, Fault
from tests.support.relay import assert_packed, relayed_upload
from tests.support.restarts import Server

DATA = b"fragua " * 1000
DONE: dict[str, list[Any]] = {"batchItemFailures": []}
AGAIN = {"batchItemFailures": [{"itemIdentifier": "message-0"}]}


@pytest.mark.parametrize("act", [Act.FREEZE_BEFORE, Act.FREEZE_AFTER])
@pytest.mark.parametrize("step", ["SQL SELECT files", "S3 PutObject", INSERT, SELECT, COMMIT])
def test_a_restart_while_a_worker_publishes_costs_nothing(
    bench: Bench, client: Client, server: Server, step: str, act: Act
) -> None:
    upload = relayed_upload(client, DATA, fragment_size=4000)
    faults = bench.plan({step: Fault(act)})
    worker = bench.assemble(upload, client)
    faults.await_freeze()
    server.stop()
    server.start()
    faults.thaw()
    # What it asks for next is asked on a new connection; what was under way just then got lost.
    committed = (step, act) == (COMMIT, Act.FREEZE_AFTER)
    assert worker.answer() == (DONE if committed or step == "S3 PutObject" else AGAIN)
    after_lease(client, upload)
    assert bench.assemble(upload, client).answer() == DONE
    assert_packed(bench, client, upload, DATA)


def test_a_database_that_stays_away_is_waited_for(
    bench: Bench, client: Client, server: Server
) -> None:
    upload = relayed_upload(client, DATA, fragment_size=4000)
    bench.plan()
    server.stop()
    for _ in range(2):
        assert bench.assemble(upload, client).answer() == AGAIN
    server.start()
    assert bench.assemble(upload, client).answer() == DONE
    assert_packed(bench, client, upload, DATA)
