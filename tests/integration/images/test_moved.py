"""An account on another plan: its old pictures get what the new plan has, and nobody else's do."""

from __future__ import annotations

from uuid import UUID

from fragua.accounts import administration
from fragua.accounts.schemas import UserChange
from fragua.database import writer
from fragua.images.tables import images
from tests.integration.images.support import (
    DONE,
    heights,
    made,
    message,
    own_plan,
    remade,
    taken,
    told,
    work,
)
from tests.support.backend import Client
from tests.support.rows import add_rows, row


def move(client: Client, plan: str) -> None:
    administration.change(UUID(client.user_id), UserChange.model_validate({"plan": plan}))


def test_who_comes_to_a_plan_gets_its_heights(client: Client, stranger: Client) -> None:
    plan = own_plan(stranger, 200)
    mine, other = made(client), made(stranger)
    plan.change(thumbnail_heights=[100, 200])
    taken()
    move(client, plan.name)
    # The stranger's wait for the change of the plan itself.
    assert remade(plan, mine, other) == [mine]
    assert heights(client, mine) == [100, 200]
    assert heights(stranger, other) == [200]


def test_of_many_pictures_only_ones_own_are_gone_through(client: Client, stranger: Client) -> None:
    plan = own_plan(stranger, 100)
    rows = [row(client.user_id, detected_type="image/png") for _ in range(501)]
    refused = {"status": "refused", "heights": [200], "thumbnails": []}
    add_rows(rows)
    with writer() as db:
        db.execute(images.insert(), [{"file_id": each["id"], **refused} for each in rows])
    taken()
    move(client, plan.name)
    ((first,),) = [told(plan.name)]
    assert work(first) == DONE
    ((second,),) = [told(plan.name)]
    assert second == {**first, "after": str(rows[499]["id"])}
    assert work(second) == DONE
    assert told(plan.name) == []


def test_who_moved_on_meanwhile_gets_nothing_of_the_plan_between(
    client: Client, stranger: Client
) -> None:
    plan = own_plan(stranger, 100)
    file_id = made(client)
    taken()
    move(client, plan.name)
    move(client, "basic")
    assert remade(plan, file_id) == []
    assert work(message(file_id)) == DONE
