"""What comes of a request is found by its id, whoever did it, however late and however often."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from botocore.exceptions import EndpointConnectionError

from fragua import aws, clock
from fragua.database import outbox, writer
from fragua.settings import settings
from tests.integration.images.support import picture
from tests.support.backend import Client, invoke, mailbox
from tests.support.buckets import empty_outbox, sweep
from tests.support.catalog import create, new_admin, new_sku
from tests.support.events import Context, queue_event
from tests.support.footage import clip
from tests.support.logs import parsed
from tests.support.queues import deliver, take
from tests.support.tables import age, nothing_due
from tests.support.videos import submit, uploaded

# What hands things on: the queue, by its setting, and the function that it feeds.
ASSEMBLY = ("assembly_queue_url", "uploads.assemble")
THUMBNAILS = ("thumbnails_queue_url", "images.make_thumbnails")
RENDITIONS = ("renditions_queue_url", "videos.render")
NOTIFICATIONS = ("notifications_queue_url", "notifications.tell_admins")
MAIL = ("mail_queue_url", "notifications.send_mail")
ALL = (ASSEMBLY, THUMBNAILS, RENDITIONS, NOTIFICATIONS, MAIL)


@pytest.fixture(autouse=True)
def _nothing_waits(backend: dict[str, str]) -> None:
    empty_outbox()
    for name, _ in ALL:
        take(getattr(settings(), name))


def work(queue: tuple[str, str], times: int = 1) -> int:
    """Let a function do what waits in its queue; return how many messages it was."""
    name, module = queue
    return deliver(getattr(settings(), name), module, times)


@contextmanager
def queues_down() -> Iterator[None]:
    """Let no queue take a message."""

    def fail(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="nowhere")

    places = [
        (aws.client("sqs", patience).meta.events, "before-call.sqs.SendMessage")
        for patience in (aws.USUAL, aws.BRIEF)
    ]
    for events, name in places:
        events.register(name, fail)
    try:
        yield
    finally:
        for events, name in places:
            events.unregister(name, fail)


def completed(client: Client) -> tuple[dict[str, Any], str]:
    """Complete an upload of a picture; return it and the request's id."""
    upload = client.begin(picture(), file_name="a.png")
    answer = client.complete(upload)
    assert answer.status in (202, 503)
    return upload, answer.headers["x-request-id"]


def told(lines: io.StringIO, request_id: str) -> list[str]:
    """Return what was logged in the name of a request."""
    found = parsed(lines)
    return [line["message"] for line in found if line.get("correlation_id") == request_id]


def messages(lines: io.StringIO, request_id: str) -> set[str]:
    """Return the ids of the messages that were done in the name of a request."""
    found = [line for line in parsed(lines) if line["correlation_id"] == request_id]
    return {line["message_id"] for line in found if "message_id" in line}


UPLOADED = ["assembly queued", "assembled", "thumbnails made"]


def test_an_upload_is_followed_from_its_completion_to_its_thumbnails(
    client: Client, lines: io.StringIO
) -> None:
    _, request_id = completed(client)
    assert [work(ASSEMBLY), work(THUMBNAILS)] == [1, 1]
    assert told(lines, request_id) == UPLOADED
    assert len(messages(lines, request_id)) == 2


def test_what_is_delivered_twice_is_twice_the_same_requests(
    client: Client, lines: io.StringIO
) -> None:
    _, request_id = completed(client)
    assert [work(ASSEMBLY, times=2), work(THUMBNAILS, times=2)] == [1, 1]
    assert told(lines, request_id) == [*UPLOADED[:2], "nothing to assemble", UPLOADED[2]]


def test_an_upload_that_the_sweeper_sends_again_is_its_requests_still(
    client: Client, lines: io.StringIO
) -> None:
    nothing_due()
    with queues_down():
        upload, request_id = completed(client)
    assert work(ASSEMBLY) == 0
    age(client, upload, due_at=0)
    assert invoke("uploads.sweep", {})["mended"] >= 1
    assert [work(ASSEMBLY), work(THUMBNAILS)] == [1, 1]
    assert told(lines, request_id)[-3:] == UPLOADED


def test_a_repeated_completion_is_followed_by_its_own_id(
    client: Client, lines: io.StringIO
) -> None:
    with queues_down():
        upload, _ = completed(client)
    request_id = client.complete(upload).headers["x-request-id"]
    assert [work(ASSEMBLY), work(THUMBNAILS)] == [1, 1]
    assert told(lines, request_id) == UPLOADED


def test_a_picture_that_the_sweeper_tells_of_is_the_requests_that_completed_it(
    client: Client, lines: io.StringIO
) -> None:
    _, request_id = completed(client)
    with queues_down():
        assert work(ASSEMBLY) == 1
    assert work(THUMBNAILS) == 0
    assert sweep()["done"] == 1
    assert work(THUMBNAILS) == 1
    assert told(lines, request_id) == UPLOADED


def test_what_an_earlier_release_closed_is_swept_in_the_sweepers_own_name(
    client: Client, lines: io.StringIO
) -> None:
    with queues_down():
        upload, _ = completed(client)
    age(client, upload, due_at=0, request_id=None, closed_at=None)
    invoke("uploads.sweep", {})
    assert work(ASSEMBLY) == 1
    assert "assembled" in told(lines, Context.aws_request_id)


def test_a_video_is_followed_from_its_submission(client: Client, lines: io.StringIO) -> None:
    file_id = uploaded(client, clip(0.2))
    with queues_down():
        late = submit(client, file_id).headers["x-request-id"]
    soon = submit(client, file_id).headers["x-request-id"]
    assert work(RENDITIONS) == 1
    assert sweep()["done"] == 1
    assert work(RENDITIONS) == 1
    assert told(lines, soon) == told(lines, late) == ["rendered"]


@pytest.mark.parametrize("swept", [False, True], ids=["at once", "swept"])
def test_a_change_of_a_product_is_followed_to_the_mails(lines: io.StringIO, swept: bool) -> None:
    editor, other = new_admin(), new_admin()
    if swept:
        with queues_down():
            answer = create(editor, new_sku())
        assert work(NOTIFICATIONS) == 0
        assert sweep()["done"] == 1
    else:
        answer = create(editor, new_sku())
    request_id = answer.headers["x-request-id"]
    assert work(NOTIFICATIONS, times=2) == 1
    mails = work(MAIL)
    assert told(lines, request_id) == ["admins told"] * 2 + ["mail sent"] * mails
    assert len(messages(lines, request_id)) == 1 + mails
    assert len(mailbox.of(other.email)) == 1


def test_an_event_that_can_not_be_done_is_told_in_the_name_of_its_request(
    lines: io.StringIO,
) -> None:
    with queues_down():
        request_id = create(new_admin(), new_sku()).headers["x-request-id"]
        assert sweep()["failed"] == 1
    assert told(lines, request_id) == ["left undone"]


def test_the_release_before_writes_events_beside_this_one_and_both_are_done(
    backend: dict[str, str],
) -> None:
    columns = [sa.column(name, column.type) for name, column in outbox.outbox.c.items()]
    before = sa.table("outbox", *(each for each in columns if each.name != "request_id"))
    row = {"kind": "job", "payload": {}, "due_at": clock.at(0)}
    with writer() as db:
        db.execute(before.insert().values(id=clock.new_id(), **row))
        outbox.add(db, "job", {}, grace=-1)
        assert len(db.execute(sa.select(before)).all()) == 2
    did: list[str] = []
    assert outbox.sweep(lambda kind, _: did.append(kind)) == (2, [])
    assert did == ["job", "job"]


def test_a_message_by_hand_has_the_id_that_the_queue_gave_it(lines: io.StringIO) -> None:
    invoke("images.make_thumbnails", queue_event({"unheard": "of"}))
    assert told(lines, "message-0") == ["not a message of ours"]
