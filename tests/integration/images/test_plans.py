"""What the plan has is what is made and shown: more heights are made later, lost ones hidden."""

from __future__ import annotations

from itertools import count
from uuid import UUID

import httpx
import pytest

from fragua import aws
from fragua.database import writer
from fragua.files import service as files
from fragua.images.tables import images
from tests.integration.images.support import (
    DONE,
    assert_one_set,
    broken,
    caught_up,
    delete,
    heights,
    kept,
    made,
    message,
    objects,
    own_plan,
    picture,
    remade,
    shown,
    taken,
    told,
    uploaded,
    work,
)
from tests.support.backend import Client
from tests.support.outages import during
from tests.support.rows import add_rows, row


def test_another_height_is_made_of_pictures_that_are_there(client: Client) -> None:
    plan = own_plan(client, 200)
    file_id = made(client)
    before = kept(file_id)["thumbnails"]
    taken()
    plan.change(thumbnail_heights=[200, 400])
    # Until it is made, the others are shown.
    assert heights(client, file_id) == [200]
    assert remade(plan, file_id) == [file_id]
    assert_one_set(client, file_id, 200, 400)
    assert [each for each in kept(file_id)["thumbnails"] if each["height"] == 200] == before


def test_it_is_made_of_pictures_on_that_plan_alone(client: Client, stranger: Client) -> None:
    plan = own_plan(client, 200)
    own_plan(stranger, 300)
    mine, other = made(client), made(stranger)
    taken()
    plan.change(thumbnail_heights=[200, 400])
    assert remade(plan, mine, other) == [mine]


def test_it_is_not_tried_of_pictures_that_were_refused_or_deleted(client: Client) -> None:
    plan = own_plan(client, 200)
    refused, gone = made(client, broken()), made(client)
    assert delete(client, gone) == 204
    taken()
    plan.change(thumbnail_heights=[200, 400])
    assert remade(plan, refused, gone) == []
    assert (objects(refused), objects(gone)) == (set(), set())


def test_a_height_that_is_no_more_for_a_low_picture_makes_no_second_set(client: Client) -> None:
    plan = own_plan(client, 200)
    file_id = made(client, picture(60, 150))
    plan.change(thumbnail_heights=[200, 400])
    remade(plan, file_id)
    assert_one_set(client, file_id, 150)
    assert kept(file_id)["heights"] == [200, 400]


def test_a_plan_of_many_pictures_is_gone_through_some_at_a_time(client: Client) -> None:
    plan = own_plan(client, 200)
    many = [row(client.user_id, detected_type="image/png") for _ in range(501)]
    ids = sorted(add_rows(many))
    with writer() as db:
        first = db.execute(files.window(None, 10**6)).scalars().all().index(UUID(ids[0]))
        # A message for each would take long: those on either side of a step's end are enough.
        places = dict(zip(ids, count(first), strict=False))
        lacking = [each for each in ids if places[each] % 500 in {0, 1, 250, 498, 499}]
        seen = [
            {"file_id": UUID(each), "heights": [200] if each in lacking else [200, 400]}
            for each in ids
        ]
        db.execute(images.insert().values(status="ready", thumbnails=[]), seen)
    plan.change(thumbnail_heights=[200, 400])
    steps = caught_up(plan, *ids)
    assert [file_id for step in steps for file_id in step] == lacking
    assert len(steps) > 1


def test_a_change_of_anything_else_makes_nobody_look_for_pictures(client: Client) -> None:
    plan = own_plan(client, 200)
    made(client)
    taken()
    plan.change(original_link=True)
    assert told(plan.name) == []


def test_a_plan_that_loses_a_height_hides_it_at_once_and_shows_it_again(client: Client) -> None:
    plan = own_plan(client, 200, 400)
    file_id = made(client)
    assert heights(client, file_id) == [200, 400]
    plan.change(thumbnail_heights=[400])
    assert heights(client, file_id) == [400]
    plan.change(thumbnail_heights=[])
    image = shown(client, file_id)
    assert (image["status"], image["thumbnails"]) == ("ready", [])
    taken()
    plan.change(thumbnail_heights=[200, 400])
    assert heights(client, file_id) == [200, 400]
    # It was there all the time.
    assert remade(plan, file_id) == []


def test_a_plan_without_heights_still_tells_what_a_picture_is(client: Client) -> None:
    plan = own_plan(client)
    file_id = made(client)
    image = shown(client, file_id)
    assert (image["status"], image["thumbnails"]) == ("ready", [])
    assert (image["width"], image["height"]) == (60, 500)
    plan.change(thumbnail_heights=[200])
    remade(plan, file_id)
    assert heights(client, file_id) == [200]


@pytest.mark.parametrize("step", ["GetObject", "PutObject"])
def test_a_plan_that_changes_while_a_picture_is_made_is_caught_up_with(
    client: Client, step: str
) -> None:
    plan = own_plan(client, 200)
    file_id = uploaded(client)
    taken()

    def change() -> None:
        plan.change(thumbnail_heights=[200, 400])
        # Whoever looks for pictures now does so in vain: nothing is known of this one.
        caught_up(plan, file_id)

    with during("s3", step, change):
        assert work(message(file_id)) == DONE
    assert kept(file_id)["heights"] == [200]
    assert told(file_id) == [message(file_id)]
    assert work(message(file_id)) == DONE
    assert_one_set(client, file_id, 200, 400)


def test_a_picture_whose_owner_moves_to_another_plan_has_that_ones_heights(client: Client) -> None:
    own_plan(client, 200)
    file_id = uploaded(client)
    own_plan(client, 400)
    assert work(message(file_id)) == DONE
    assert_one_set(client, file_id, 400)


def test_thumbnails_that_are_there_stay_though_another_one_can_not_be_made(client: Client) -> None:
    plan = own_plan(client, 200)
    file_id = made(client)
    with writer() as db:
        file = files.find_any(db, UUID(file_id))
    assert file
    where = {"Bucket": file["s3_bucket"], "Key": file["object_key"]}
    aws.client("s3").put_object(**where, Body=broken())
    plan.change(thumbnail_heights=[200, 400])
    assert remade(plan, file_id) == [file_id]
    assert_one_set(client, file_id, 200)
    # Nor is it tried again and again.
    plan.change(thumbnail_heights=[400, 200])
    assert remade(plan, file_id) == []


def test_a_picture_that_nobody_was_ever_told_of_is_found_by_the_next_change(client: Client) -> None:
    plan = own_plan(client, 200)
    file_id = uploaded(client)
    taken()
    plan.change(thumbnail_heights=[400])
    assert remade(plan, file_id) == [file_id]
    assert_one_set(client, file_id, 400)


def test_the_link_to_the_original_is_the_plans(client: Client) -> None:
    plan = own_plan(client, 200, original_link=True)
    data = picture()
    file_id = made(client, data, file_name="año.png")
    got = httpx.get(shown(client, file_id)["original_url"])
    assert got.content == data
    assert got.headers["content-disposition"].startswith("inline")
    assert got.headers["content-type"] == "image/png"
    plan.change(original_link=False)
    assert "original_url" not in shown(client, file_id)
    # One's own download is not governed by that.
    path = f"/v1/files/{file_id}/download"
    assert client.call("files.download", "GET", path).status == 302
