"""Changes at the same moment: one wins, and the others are told."""

from functools import partial

import httpx
import pytest

from tests.e2e.support.catalog import (
    ask_for,
    change,
    etag,
    history,
    look,
    make,
    new_sku,
    patch,
    price,
    remove,
)
from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json
from tests.e2e.support.waiting import at_once

ROUNDS = 6


def winner(answers: list[httpx.Response], loss: int) -> Json:
    """What the only one that won says; the others lost by this status."""
    won = [answer for answer in answers if answer.status_code == 200]
    assert len(won) == 1, [describe(answer) for answer in answers]
    for answer in answers:
        if answer is not won[0]:
            expect_problem(answer, loss)
    product: Json = won[0].json()
    return product


def test_of_two_admins_one_sets_the_price(editor: Person, colleague: Person) -> None:
    product = make(editor)
    for number in range(ROUNDS):
        wanted = [price(f"{number}.0{who}") for who in (1, 2)]
        calls = [
            partial(patch, who, product["sku"], {"price": wish}, etag(product))
            for who, wish in zip((editor, colleague), wanted, strict=True)
        ]
        won = winner(at_once(calls), 412)
        assert won["version"] == product["version"] + 1
        assert won["price"] == wanted[won["updated_by"] == colleague.user["id"]]
        assert look(editor.http, product["sku"]) == won
        entry = history(editor, product["sku"])[0]
        assert entry["changed_by"] == won["updated_by"]
        assert entry["changes"] == {"price": [product["price"], won["price"]]}
        product = won
    assert len(history(editor, product["sku"])) == ROUNDS + 1


def test_of_ten_changes_of_different_fields_one_wins(editor: Person, colleague: Person) -> None:
    product = make(editor)
    bodies = [{("name", "brand")[number % 2]: f"by {number}"} for number in range(10)]
    calls = [
        partial(patch, (editor, colleague)[number % 2], product["sku"], body, etag(product))
        for number, body in enumerate(bodies)
    ]
    won = winner(at_once(calls), 412)
    assert look(editor.http, product["sku"]) == won
    assert len(history(editor, product["sku"])) == 2


def test_who_tries_again_comes_through(editor: Person, colleague: Person) -> None:
    product = make(editor, price=price("0.00"))

    def add_cents(person: Person) -> int:
        tries = 0
        for _ in range(5):
            while True:
                tries += 1
                assert tries < 200
                current = look(person.http, product["sku"])
                cents = int(current["price"]["amount"].replace(".", "")) + 1
                wish = price(f"{cents // 100}.{cents % 100:02}")
                answer = patch(person, product["sku"], {"price": wish}, etag(current))
                if answer.status_code == 200:
                    break
                expect_problem(answer, 412)
        return tries

    at_once([partial(add_cents, who) for who in (editor, colleague, editor, colleague)])
    final = look(editor.http, product["sku"])
    assert (final["price"], final["version"]) == (price("0.20"), 21)
    versions = [entry["changes"]["price"][1]["amount"] for entry in history(editor, final["sku"])]
    assert versions == [f"0.{cents:02}" for cents in range(20, -1, -1)]


def test_a_product_is_made_once(editor: Person, colleague: Person) -> None:
    for _ in range(3):
        sku = new_sku()
        people = [editor, colleague] * 4
        calls = [
            partial(ask_for, who, sku=sku, name=f"by {number}") for number, who in enumerate(people)
        ]
        answers = at_once(calls)
        made = [answer for answer in answers if answer.status_code == 201]
        assert len(made) == 1
        for answer in answers:
            if answer is not made[0]:
                expect_problem(answer, 409, "sku_taken")
        assert look(editor.http, sku) == made[0].json()
        assert len(history(editor, sku)) == 1


def test_a_product_is_deleted_by_one(editor: Person, colleague: Person) -> None:
    for _ in range(3):
        sku = make(editor)["sku"]
        answers = at_once([partial(remove, who, sku) for who in (editor, colleague) * 3])
        assert sorted(answer.status_code for answer in answers) == [204, *[404] * 5]
        assert len(history(editor, sku)) == 2


@pytest.mark.parametrize("conditional", [True, False])
def test_a_change_comes_before_a_deletion_or_not_at_all(
    editor: Person, colleague: Person, conditional: bool
) -> None:
    for _ in range(ROUNDS):
        product = make(editor)
        sku, version = product["sku"], etag(product)
        changed, removed = at_once(
            [
                partial(patch, editor, sku, {"name": "Renamed"}, version),
                partial(remove, colleague, sku, version if conditional else None),
            ]
        )
        told = (changed.status_code, removed.status_code)
        assert told in ({(200, 412), (404, 204)} if conditional else {(200, 204), (404, 204)}), told
        actions = len(history(editor, sku))
        assert actions == 1 + told.count(200) + told.count(204)
        assert editor.http.get(f"/v1/products/{sku}").status_code == (
            404 if told[1] == 204 else 200
        )


def test_a_free_sku_is_taken_once_while_it_is_given_up(editor: Person, colleague: Person) -> None:
    for _ in range(3):
        sku = make(editor)["sku"]
        calls = [partial(remove, editor, sku)]
        calls += [partial(ask_for, colleague, sku=sku, name=f"by {n}") for n in range(4)]
        removed, *asked = at_once(calls)
        # Who came before its end found it taken; who came after it may have made the next one.
        made = [answer for answer in asked if answer.status_code == 201]
        assert len(made) <= 1
        assert removed.status_code == 204
        assert {answer.status_code for answer in asked} <= {201, 409}
        assert len(history(editor, sku)) == 2 + len(made)
        if made:
            product = look(editor.http, sku)
            assert product == made[0].json()
            renamed = change(editor, product, name="Renamed")
            assert renamed["version"] == product["version"] + 1
