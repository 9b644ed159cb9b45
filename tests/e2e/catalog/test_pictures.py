"""image_file_ids: pictures of one's own that are finished, and nothing else."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e.support.catalog import (
    ask_for,
    change,
    etag,
    history,
    lasting,
    look,
    make,
    new_sku,
    patch,
    path_of,
)
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.images import developed, opened
from tests.e2e.support.people import Person
from tests.e2e.support.pictures import drawn, png
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.sending import Json, publish, publish_all, reserve

MALFORMED: list[Any] = ["", "x", ABSENT[:-1], f"{ABSENT}0", None, 7, True, [], {}, [ABSENT], "'--"]
MALFORMED += [ABSENT.replace("0", "g", 1), "\x00", "../../etc/passwd", f" {ABSENT}"]


def pictures(person: Person, count: int) -> list[str]:
    """Finished pictures, by their files' ids."""
    files = publish_all(person, [({}, drawn(40 + number, 30)) for number in range(count)])
    for file in files:
        assert developed(person, file)["status"] == "ready"
    return [file["id"] for file in files]


@pytest.fixture(scope="module")
def own(editor: Person) -> list[str]:
    """Three pictures of the admin's own."""
    return pictures(editor, 3)


@pytest.fixture(scope="module")
def foreign(editor: Person, colleague: Person, ana: Person) -> dict[str, str]:
    """Ids that are no pictures of the admin's own, by what they are."""
    upload = reserve(editor, 10)
    return {
        "a colleague's": pictures(colleague, 1)[0],
        "a user's": pictures(ana, 1)[0],
        "no picture": publish(editor, b"just text")["id"],
        "an unfinished upload": upload["id"],
        "nobody's": ABSENT,
        "nobody's, at random": str(uuid4()),
        "oneself": editor.user["id"],
    }


def test_own_pictures_stay_in_their_order(editor: Person, own: list[str]) -> None:
    for order in (own, own[::-1], own[1:]):
        product = make(editor, image_file_ids=order)
        assert product["image_file_ids"] == order
        assert lasting(look(editor.http, product["sku"])) == lasting(product)


def test_pictures_are_added_reordered_and_taken_away(editor: Person, own: list[str]) -> None:
    product = make(editor)
    for order in (own[:1], own, own[::-1], []):
        before = product["image_file_ids"]
        product = change(editor, product, image_file_ids=order)
        assert product["image_file_ids"] == order
        assert history(editor, product["sku"])[0]["changes"] == {"image_file_ids": [before, order]}


def test_the_same_pictures_in_the_same_order_change_nothing(editor: Person, own: list[str]) -> None:
    product = make(editor, image_file_ids=own)
    assert lasting(change(editor, product, image_file_ids=own)) == lasting(product)


KINDS = ["a colleague's", "a user's", "no picture", "an unfinished upload", "nobody's",
         "nobody's, at random", "oneself"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_picture_of_ones_own_is_pointed_at(
    editor: Person, own: list[str], foreign: dict[str, str], kind: str
) -> None:
    wrong, sku = [own[0], foreign[kind]], new_sku()
    expect_invalid(ask_for(editor, sku=sku, image_file_ids=wrong), "/image_file_ids/1")
    expect_problem(editor.http.get(path_of(sku)), 404)
    product = make(editor, image_file_ids=own[:1])
    answer = patch(editor, product["sku"], {"image_file_ids": wrong}, etag(product))
    expect_invalid(answer, "/image_file_ids/1")
    assert lasting(look(editor.http, product["sku"])) == lasting(product)


def test_somebody_elses_picture_looks_as_if_it_were_absent(
    editor: Person, foreign: dict[str, str]
) -> None:
    said = []
    for kind in ("a colleague's", "a user's", "nobody's"):
        problem = expect_problem(ask_for(editor, image_file_ids=[foreign[kind]]), 422)
        said.append(str(problem | {"request_id": ""}).replace(foreign[kind], ""))
    assert said[0] == said[1] == said[2]


@pytest.mark.parametrize("id_", MALFORMED, ids=ascii)
def test_what_is_no_id_is_pointed_at(editor: Person, own: list[str], id_: Any) -> None:
    expect_invalid(ask_for(editor, image_file_ids=[own[0], id_]), "/image_file_ids/1")


def test_a_picture_given_twice_is_refused_or_kept(editor: Person, own: list[str]) -> None:
    twice = [own[0], own[1], own[0]]
    answer = ask_for(editor, image_file_ids=twice)
    if answer.status_code == 201:
        assert answer.json()["image_file_ids"] in (twice, twice[:2])
    else:
        expect_invalid(answer, "/image_file_ids")


def test_a_thousand_pictures_that_are_none_get_an_answer(editor: Person) -> None:
    ids = [str(uuid4()) for _ in range(1000)]
    expect_invalid(ask_for(editor, image_file_ids=ids), "/image_file_ids")


def test_thumbnails_that_are_shown_are_for_everybody(
    editor: Person, own: list[str], anonymous: httpx.Client
) -> None:
    product = look(anonymous, make(editor, image_file_ids=own)["sku"])
    shown = product["images"]
    assert [image["file_id"] for image in shown] == own
    for thumbnail in (each for image in shown for each in image["thumbnails"]):
        opened(thumbnail)


def test_a_colleague_changes_what_has_pictures_of_the_first(
    editor: Person, colleague: Person, own: list[str]
) -> None:
    product = make(editor, image_file_ids=own)
    changed = change(colleague, product, name="Renamed")
    assert (changed["name"], changed["image_file_ids"]) == ("Renamed", own)
    assert change(colleague, changed, image_file_ids=[])["image_file_ids"] == []


def test_a_product_outlives_its_pictures(editor: Person, ana: Person) -> None:
    gone: Json = publish(editor, png())
    developed(editor, gone)
    product = make(editor, image_file_ids=[gone["id"]])
    assert editor.http.delete(f"/v1/files/{gone['id']}").status_code == 204
    left = look(ana.http, product["sku"])
    assert left["image_file_ids"] in ([], [gone["id"]])
    assert change(editor, left, name="Without a picture")["name"] == "Without a picture"
