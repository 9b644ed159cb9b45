"""Messages about pictures, and what is deleted with them, while what they need is down."""

from __future__ import annotations

import dataclasses
import json
from itertools import count
from uuid import UUID

import pytest
import sqlalchemy as sa

from fragua.database import writer
from fragua.files import service
from fragua.files.tables import files
from tests.integration.images.support import (
    AGAIN,
    DONE,
    assert_gone,
    assert_one_set,
    delete,
    dies,
    made,
    message,
    objects,
    own_plan,
    picture,
    row,
    sweep,
    taken,
    told,
    uploaded,
    work,
)
from tests.support.backend import Client, assemble
from tests.support.bench import Bench
from tests.support.deaths import Deaths
from tests.support.faults import ALWAYS, Act, Fault
from tests.support.outages import during
from tests.support.tables import age

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def file_id(bench: Bench, client: Client) -> str:
    """A picture that nobody has looked at."""
    return uploaded(client)


def test_a_queue_that_fails_while_a_plan_changes_makes_the_message_come_again(
    bench: Bench, client: Client
) -> None:
    plan = own_plan(client, 200)
    file_id = uploaded(client)
    more = {"thumbnail_heights": [200, 400]}
    # The plan's own message is the first one.
    with (
        bench.here({"SQS SendMessage 2": Fault(Act.ERROR, ALWAYS)}),
        during("s3", "GetObject", lambda: plan.change(**more)),
    ):
        assert work(message(file_id)) == AGAIN
    taken()
    assert work(message(file_id)) == DONE
    assert_one_set(client, file_id, 200, 400)


def test_a_queue_that_fails_among_a_plans_pictures_makes_the_message_come_again(
    bench: Bench, client: Client
) -> None:
    plan = own_plan(client, 200)
    first, *ids = [made(client) for _ in range(4)]
    plan.change(thumbnail_heights=[400])
    taken()
    # From there on: others have pictures before.
    body = {"plan": plan.name, "after": first}
    with bench.here({"SQS SendMessage 2": Fault(Act.ERROR, ALWAYS)}):
        assert work(body) == AGAIN
    assert work(body) == DONE
    # The first one was told of twice.
    assert sorted(each["file_id"] for each in told(*ids)) == [ids[0], *ids]


@pytest.mark.parametrize("step", ["S3 GET bucket", "S3 POST bucket"])
def test_thumbnails_that_can_not_be_deleted_yet_are_deleted_later(
    bench: Bench, client: Client, file_id: str, step: str
) -> None:
    with (
        bench.here({step: Fault(Act.ERROR, ALWAYS)}),
        during("s3", "PutObject", lambda: gone(client, file_id)),
    ):
        assert work(message(file_id)) == AGAIN
    assert objects(file_id) != set()
    assert work(message(file_id)) == DONE
    assert_gone(client, file_id)


def gone(client: Client, file_id: str) -> None:
    assert delete(client, file_id) == 204


@pytest.mark.parametrize("step", ["S3 DeleteObject", "S3 GET bucket", "S3 POST bucket"])
def test_a_deletion_that_s3_does_not_follow_takes_the_thumbnails_later(
    bench: Bench, client: Client, file_id: str, step: str
) -> None:
    assert work(message(file_id)) == DONE
    with bench.here({step: Fault(Act.ERROR, ALWAYS)}):
        gone(client, file_id)
    assert objects(file_id) == {"200.webp", "200.jpeg"}
    assert sweep()["done"] >= 1
    assert_gone(client, file_id)


def test_what_is_known_of_a_picture_goes_with_its_file(client: Client) -> None:
    file_id = uploaded(client)
    assert work(message(file_id)) == DONE
    gone(client, file_id)
    assert work(message(file_id)) == DONE
    # Its colours are those of a picture that its owner wanted gone.
    assert row(file_id) is None


@pytest.mark.parametrize("act", [Act.ERROR, Act.CUT_AFTER], ids=["says no", "loses its answers"])
def test_a_picture_that_the_queue_was_not_told_of_is_told_by_the_sweeper(
    bench: Bench, client: Client, act: Act
) -> None:
    # The upload's own message is the first one.
    with bench.here({"SQS SendMessage 2": Fault(act, ALWAYS)}):
        file_id = uploaded(client)
    taken()
    assert sweep()["done"] >= 1
    assert told(file_id) == [message(file_id)]
    assert sweep()["done"] == 0


def test_an_assembly_that_dies_at_any_step_tells_of_its_picture_in_the_end(
    bench: Bench, client: Client
) -> None:
    deaths = Deaths()
    # The steps before have nothing to do with what the bytes are.
    for steps in count(12):
        upload = client.begin(picture())
        assert client.complete(upload).status == 202
        died = dies(deaths, steps, lambda: assemble(client.user_id, upload["id"]))  # noqa: B023 - at once
        age(client, upload, lease_until=0)
        assert assemble(client.user_id, upload["id"]) == DONE
        sweep()
        file_id = client.get(upload)["file_id"]
        assert message(file_id) in told(file_id)
        if not died:
            return


def test_nothing_is_left_of_a_picture_whose_upload_was_given_up_while_it_was_published(
    bench: Bench, client: Client
) -> None:
    file_id = made(client)
    taken()
    with writer() as db:
        found = db.execute(sa.select(files).where(files.c.id == UUID(file_id))).mappings().one()
    fields = {each.name: found[each.name] for each in dataclasses.fields(service.NewFile)}
    service.withdraw(service.NewFile(**fields))
    sweep()
    for body in taken():
        work(json.loads(body))
    assert_gone(client, file_id)
    service.withdraw(service.NewFile(**fields))
    assert sweep()["done"] == 0
