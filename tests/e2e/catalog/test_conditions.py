"""If-Match: needed for a change, honoured for a deletion, and judged after the product is found."""

import httpx
import pytest

from tests.e2e.support.catalog import (
    change,
    etag,
    history,
    look,
    make,
    new_sku,
    patch,
    path_of,
    remove,
)
from tests.e2e.support.clients import raw_json
from tests.e2e.support.conventions import describe, expect_invalid, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json

RENAMED = {"name": "Renamed"}
# Made from the version that the product has, or from another.
STALE = {
    "the version before": '"{before}"', "the version after": '"{after}"', "none yet": '"0"',
    "any": "*", "weak": 'W/"{now}"', "weak, of before": 'W/"{before}"', "others": '"0", "999999"',
    "a word": '"nothing"', "empty quotes": '""', "as a hash": '"d41d8cd98f00b204e9800998ecf8427e"',
    "with zeros": '"0{now}"', "with a space": '"{now} "', "as a decimal": '"{now}.0"',
}  # fmt: skip
# Nothing that If-Match may say, so either a wrong form or a version that isn't there.
GARBAGE = ['"', "null", "'2'", '"2', "W/", "\xe9", '"\xe9"', ",", "x" * 2000, "**", 'w/"2"', "-1"]


@pytest.fixture(scope="module")
def still(editor: Person) -> Json:
    """A product in its second version, which no test changes."""
    return change(editor, make(editor), name="Once renamed")


def conditions(product: Json, kind: str) -> str:
    """The condition of that kind for a product."""
    now = product["version"]
    return STALE[kind].format(before=now - 1, now=now, after=now + 1)


def test_the_product_is_looked_for_first(editor: Person) -> None:
    for sku in (new_sku(), "%", "a" * 300, "\U0001f525"):
        for if_match in (None, "*", '"1"', 'W/"1"'):
            expect_problem(patch(editor, sku, RENAMED, if_match), 404)


def test_a_change_needs_a_condition(editor: Person, still: Json) -> None:
    for body in (RENAMED, {}, {"name": still["name"]}):
        expect_problem(patch(editor, still["sku"], body, None), 428)
    assert look(editor.http, still["sku"]) == still


@pytest.mark.parametrize("kind", STALE)
def test_a_change_needs_the_version_that_is_there(editor: Person, still: Json, kind: str) -> None:
    for body in (RENAMED, {}, {"name": still["name"]}):
        expect_problem(patch(editor, still["sku"], body, conditions(still, kind)), 412)
    assert look(editor.http, still["sku"]) == still
    assert len(history(editor, still["sku"])) == 2


@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda text: ascii(text)[:20])
def test_what_is_no_condition_changes_nothing(editor: Person, still: Json, garbage: str) -> None:
    headers = [(b"if-match", garbage.encode("latin-1"))]
    answer = editor.http.patch(path_of(still["sku"]), json=RENAMED, headers=headers)
    expect_problem(answer, {400, 412, 422})
    answer = editor.http.delete(path_of(still["sku"]), headers=headers)
    expect_problem(answer, {400, 412, 422})
    assert look(editor.http, still["sku"]) == still


@pytest.mark.parametrize("blank", [""])
def test_a_blank_condition_is_none_or_no_right_one(editor: Person, still: Json, blank: str) -> None:
    expect_problem(patch(editor, still["sku"], RENAMED, blank), {400, 412, 422, 428})
    assert look(editor.http, still["sku"]) == still


def test_one_version_of_a_list_is_enough_or_none_is(editor: Person) -> None:
    product = make(editor)
    answer = patch(editor, product["sku"], RENAMED, f'"0", {etag(product)}, "7"')
    assert answer.status_code in {200, 400, 412, 422}, describe(answer)
    renamed = look(editor.http, product["sku"])["name"] == "Renamed"
    assert renamed == (answer.status_code == 200)


def test_the_form_is_judged_before_the_product_is_looked_for(editor: Person, still: Json) -> None:
    for sku in (new_sku(), still["sku"]):
        path = path_of(sku)
        expect_problem(editor.http.patch(path, **raw_json("{broken")), 400)
        expect_problem(editor.http.patch(path, **raw_json("{}", "text/plain")), 415)
        expect_invalid(patch(editor, sku, {"surprise": 1}, None), "/surprise")
        expect_invalid(patch(editor, sku, {"name": 7}, '"0"'), "/name")


def test_a_version_is_spent_by_the_change(editor: Person, colleague: Person) -> None:
    product = make(editor)
    changed = change(editor, product, name="Renamed")
    expect_problem(patch(colleague, product["sku"], {"brand": "Mine"}, etag(product)), 412)
    expect_problem(patch(editor, product["sku"], {"name": "Renamed"}, etag(product)), 412)
    assert look(editor.http, product["sku"]) == changed


@pytest.mark.parametrize("kind", [kind for kind in STALE if kind != "any"])
def test_a_deletion_honours_a_condition(editor: Person, still: Json, kind: str) -> None:
    expect_problem(remove(editor, still["sku"], conditions(still, kind)), 412)
    assert look(editor.http, still["sku"]) == still


def test_a_deletion_by_the_version_that_is_there(editor: Person, anonymous: httpx.Client) -> None:
    product = change(editor, make(editor), name="Renamed")
    answer = remove(editor, product["sku"], etag(product))
    assert answer.status_code == 204, describe(answer)
    expect_problem(anonymous.get(path_of(product["sku"])), 404)
    expect_problem(remove(editor, product["sku"], etag(product)), 404)


def test_a_deletion_of_any_version_is_one_or_none(editor: Person) -> None:
    product = make(editor)
    answer = remove(editor, product["sku"], "*")
    assert answer.status_code in {204, 412}, describe(answer)
    expected = 404 if answer.status_code == 204 else 200
    assert editor.http.get(path_of(product["sku"])).status_code == expected
