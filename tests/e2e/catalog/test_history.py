"""GET /v1/products/{sku}/history: who changed what, and when; for admins."""

import httpx
import pytest

from tests.e2e.support.catalog import (
    ENTRY,
    assert_fields,
    change,
    etag,
    history,
    make,
    new_sku,
    pages,
    patch,
    path_of,
    price,
    remove,
)
from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json
from tests.e2e.support.shapes import seconds_from_now

FIELDS = ("name", "brand", "price")


def path(sku: str) -> str:
    """Where the history of a SKU is."""
    return f"{path_of(sku)}/history"


@pytest.fixture(scope="module")
def life(editor: Person, colleague: Person) -> list[Json]:
    """A product as it was created, renamed by a colleague, repriced, and at last deleted."""
    first = make(editor)
    renamed = change(colleague, first, name="Sledge hammer", brand="Ca\u00f1\u00f3n")
    repriced = change(editor, renamed, price=price("12.49", "EUR"))
    assert remove(colleague, first["sku"]).status_code == 204
    return [first, renamed, repriced]


@pytest.fixture(scope="module")
def entries(editor: Person, life: list[Json]) -> list[Json]:
    """The entries of that life, the oldest first."""
    return history(editor, life[0]["sku"])[::-1]


def test_each_change_is_an_entry(
    entries: list[Json], editor: Person, colleague: Person, life: list[Json]
) -> None:
    assert len(entries) == 4
    people = [editor, colleague, editor, colleague]
    assert [entry["changed_by"] for entry in entries] == [each.user["id"] for each in people]
    for entry in entries:
        assert_fields(entry, ENTRY)
        assert abs(seconds_from_now(entry["changed_at"])) < 120
    times = [entry["changed_at"] for entry in entries]
    assert times == sorted(times)
    assert [entry["changed_at"] for entry in entries[:3]] == [each["updated_at"] for each in life]


def test_an_entry_says_what_was_done(entries: list[Json]) -> None:
    words = ("creat", "updat", "updat", "delet")
    for entry, word in zip(entries, words, strict=True):
        assert word in entry["action"]


def test_a_creation_comes_from_nothing(entries: list[Json], life: list[Json]) -> None:
    changes = entries[0]["changes"]
    assert {name: changes[name] for name in FIELDS} == {
        name: [None, life[0][name]] for name in FIELDS
    }
    assert all(old is None for old, _ in changes.values())


def test_a_change_tells_what_changed_alone(entries: list[Json], life: list[Json]) -> None:
    first, renamed, repriced = life
    assert entries[1]["changes"] == {
        name: [first[name], renamed[name]] for name in ("name", "brand")
    }
    assert entries[2]["changes"] == {"price": [first["price"], repriced["price"]]}
    assert entries[2]["changes"]["price"][1] == price("12.49", "EUR")


def test_a_deletion_leads_to_nothing(entries: list[Json], life: list[Json]) -> None:
    changes = entries[3]["changes"]
    assert {name: changes[name] for name in FIELDS} == {
        name: [life[2][name], None] for name in FIELDS
    }
    assert all(new is None for _, new in changes.values())


def test_the_newest_is_first_on_every_page(
    editor: Person, entries: list[Json], life: list[Json]
) -> None:
    newest = entries[::-1]
    for limit, expected in ((3, [newest[:3], newest[3:]]), (1, [[entry] for entry in newest])):
        found = list(pages(editor.http, path(life[0]["sku"]), limit=limit))
        assert [page for page in found if page] == expected


def test_pages_neither_repeat_nor_skip_while_the_product_changes(editor: Person) -> None:
    product = make(editor)
    for number in range(4):
        product = change(editor, product, name=f"name {number}")
    before = history(editor, product["sku"])
    walked = pages(editor.http, path(product["sku"]), limit=2)
    seen = next(walked)
    product = change(editor, product, name="late")
    seen += next(walked)
    remove(editor, product["sku"])
    seen += [entry for page in walked for entry in page]
    assert seen == before


def test_a_refused_change_leaves_no_entry(editor: Person) -> None:
    product = make(editor)
    patch(editor, product["sku"], {"name": "Renamed"}, None)
    patch(editor, product["sku"], {"name": "Renamed"}, '"7"')
    patch(editor, product["sku"], {"name": 7}, etag(product))
    remove(editor, product["sku"], '"7"')
    assert len(history(editor, product["sku"])) == 1


def test_superadmins_read_it_and_users_do_not(
    superadmin: Person, ana: Person, anonymous: httpx.Client, life: list[Json]
) -> None:
    sku = life[0]["sku"]
    assert len(history(superadmin, sku)) == 4
    said = [expect_problem(ana.http.get(path(each)), 403) for each in (sku, new_sku())]
    assert said[0] | {"request_id": ""} == said[1] | {"request_id": ""}
    expect_problem(anonymous.get(path(sku)), 401)


def test_a_sku_that_never_was_has_none(editor: Person) -> None:
    expect_problem(editor.http.get(path(new_sku())), 404)
