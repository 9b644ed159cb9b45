"""What the calculator says that functions ask AWS for is what they do ask for."""

from __future__ import annotations

import io
import json
import os
import time
from collections import defaultdict
from typing import Any

import pytest

from benchmarks.cost import runs
from benchmarks.cost.runs import Work
from fragua import clock
from fragua.settings import settings
from tests.integration.images import support as images
from tests.support import videos
from tests.support.accounts import become
from tests.support.asked import Asked, counted, largest
from tests.support.backend import MIB, Client, invoke
from tests.support.buckets import empty_outbox
from tests.support.catalog import get, made, new_admin
from tests.support.events import queue_event
from tests.support.tables import age, nothing_due

DATA = os.urandom(11 * MIB)
# Items up to here take one write unit.
WRITE_UNIT = 1024


def told(*works: Work) -> Asked:
    """Return what the calculator says of these, put together."""
    total: dict[tuple[str, str], float] = defaultdict(float)
    for run in [run for work in works for run in work.runs]:
        units = {"reads": run.reads, "writes": run.writes, "statements": run.statements}
        for each in (run.calls, run.beside, units):
            for what, number in each.items():
                total[run.function, what] += number * run.times
    return {what: number for what, number in total.items() if number}


def bring(client: Client, data: bytes, **more: Any) -> dict[str, Any]:
    """Bring a file all the way, and let the sweeper look after it where it has to."""
    upload = client.upload(data, **more)
    assert upload["status"] == "ready"
    if upload["mode"] == "relay":
        age(client, upload, due_at=time.time() - 1)
        invoke("uploads.sweep", {})
    return upload


@pytest.mark.parametrize(("size", "fragment"), [(5 * MIB, 5 * MIB), (11 * MIB, 5 * MIB)])
def test_a_direct_upload(client: Client, size: int, fragment: int) -> None:
    with counted() as seen:
        bring(client, DATA[:size], fragment_size=fragment)
    assert seen == told(runs.upload(size, "direct", fragment))


@pytest.mark.parametrize(
    ("size", "fragment"),
    [(MIB, 4 * MIB), (3 * MIB, MIB), (10 * MIB, 4 * MIB), (11 * MIB, MIB)],
)
def test_a_relayed_upload(client: Client, size: int, fragment: int) -> None:
    nothing_due()
    with counted() as seen:
        bring(client, DATA[:size], mode="relay", fragment_size=fragment)
    assert seen == told(runs.upload(size, "relay", fragment), runs.swept("uploads.sweep"))


def test_fresh_urls_of_an_upload_with_more_fragments_than_one_answer_has(client: Client) -> None:
    become(client, plan="premium")
    size = 1001 * 8 * MIB
    with counted() as seen:
        (upload,) = client.create({"file_name": "a", "size": size})
        path = f"/v1/uploads/{upload['id']}/fragments"
        client.call("uploads.presign", "POST", path, {"numbers": [1001]})
    begun = runs.upload(size, "direct").runs[:2]
    assert [run.function for run in begun] == ["uploads.create", "uploads.presign"]
    assert seen == told(Work(begun, {}))


def test_a_picture(client: Client) -> None:
    data = images.picture(kind="JPEG")
    with counted() as seen:
        upload = bring(client, data, fragment_size=5 * MIB)
        images.work(images.message(upload["file_id"]))
    expected = told(runs.upload(len(data), "direct", 5 * MIB), runs.picture(len(data)))
    assert seen == expected


def test_a_video(client: Client) -> None:
    file_id = videos.uploaded(client)
    with counted() as seen:
        answer = videos.submit(client, file_id)
        videos.work(answer.body["id"])
    assert seen == told(runs.video(1))


def test_a_download(client: Client) -> None:
    file_id = bring(client, DATA[: 5 * MIB])["file_id"]
    with counted() as seen:
        client.call("files.download", "GET", f"/v1/files/{file_id}/download")
    assert seen == told(runs.download(5 * MIB))


def test_a_view_of_a_product(backend: dict[str, str]) -> None:
    sku = made(new_admin())["sku"]
    view = {"sku": sku, "day": clock.now().date().isoformat()}
    messages = [view | {"id": str(clock.new_id())} for _ in range(100)]
    with counted() as seen:
        get(Client(), sku)
        invoke("catalog.count_views", queue_event(*messages))
    assert seen == told(runs.view(batch=1))


@pytest.mark.parametrize("sweeper", ["uploads.sweep", "database.sweep_outbox"])
def test_a_sweeper_that_finds_nothing_to_do(backend: dict[str, str], sweeper: str) -> None:
    nothing_due()
    empty_outbox()
    # What other tests left besides is done first.
    assert any(not any(invoke(sweeper, {}).values()) for _ in range(5))
    with counted() as seen:
        invoke(sweeper, {})
    assert seen == told(runs.swept(sweeper))


def test_items_fit_the_units_that_they_are_counted_by(client: Client) -> None:
    upload = bring(client, DATA[:MIB], mode="relay")
    assert largest(settings().fragments_table, "upload_id", upload["id"]) <= runs.FRAGMENT_ITEM
    assert largest(settings().uploads_table, "owner_id", client.user_id) <= WRITE_UNIT
    assert largest(settings().accounts_table, "user_id", client.user_id) <= WRITE_UNIT


def test_answers_and_log_lines_are_as_long_as_it_says(client: Client, lines: io.StringIO) -> None:
    upload = bring(client, DATA)
    written = lines.getvalue().splitlines(keepends=True)
    logged = [r.logged for r in runs.upload(11 * MIB, "direct").runs if r.logged]
    # It was begun, closed, and became a file.
    assert len(written) == len(logged) == 3
    for line, length in zip(written, logged, strict=True):
        assert 0.8 * length <= len(line) <= length
    created = client.create({"file_name": "a" * 50, "size": 100 * 8 * MIB})
    expected = runs.ANSWER + 100 * runs.URL
    assert 0.8 * expected <= len(json.dumps({"uploads": created})) <= expected
    assert len(json.dumps(client.get(upload))) <= runs.ANSWER
