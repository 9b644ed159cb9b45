"""Idempotency-Key on POST /v1/products."""

from functools import partial

import pytest

from tests.e2e.support.catalog import (
    PRODUCTS,
    all_told,
    change,
    history,
    look,
    make,
    notices,
    path_of,
    product_body,
    remove,
    walk,
)
from tests.e2e.support.conventions import describe, expect_invalid, expect_problem
from tests.e2e.support.once import BAD_KEYS, expect_in_progress, new_key, post_once
from tests.e2e.support.people import Person
from tests.e2e.support.waiting import at_once


def test_the_same_request_makes_one_product(editor: Person, colleague: Person) -> None:
    key, body = new_key(), product_body()
    answers = [post_once(editor, key, body, PRODUCTS) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert answers[0].json() == answers[1].json() == answers[2].json()
    assert look(editor.http, body["sku"]) == answers[0].json()
    assert len(history(editor, body["sku"])) == 1
    all_told(editor, colleague)
    assert len(notices(colleague, body["sku"])) == 1


def test_of_ten_at_once_one_makes_it(editor: Person, colleague: Person) -> None:
    for _ in range(3):
        key, body = new_key(), product_body()
        answers = at_once([partial(post_once, editor, key, body, PRODUCTS)] * 10)
        made = [answer.json() for answer in answers if answer.status_code == 201]
        for answer in answers:
            if answer.status_code != 201:
                expect_in_progress(answer)
        assert made == [look(editor.http, body["sku"])] * len(made)
        assert made
        again = post_once(editor, key, body, PRODUCTS)
        assert again.status_code == 201, describe(again)
        assert len(history(editor, body["sku"])) == 1


def test_another_body_is_refused(editor: Person) -> None:
    key, body = new_key(), product_body()
    product = post_once(editor, key, body, PRODUCTS).json()
    others = [product_body(), body | {"name": "Another"}, body | {"sku": body["sku"].swapcase()}]
    for other in others:
        expect_problem(post_once(editor, key, other, PRODUCTS), 422)
    expect_problem(editor.http.get(path_of(others[0]["sku"])), 404)
    assert look(editor.http, body["sku"]) == product


def test_of_different_bodies_at_once_one_wins(editor: Person) -> None:
    key, brand = new_key(), new_key()
    bodies = [product_body(brand=brand) for _ in range(6)]
    answers = at_once([partial(post_once, editor, key, body, PRODUCTS) for body in bodies])
    got = [answer.status_code for answer in answers]
    assert got.count(201) == 1
    assert set(got) <= {201, 409, 422}
    made = [answer.json() for answer in answers if answer.status_code == 201]
    assert walk(editor.http, PRODUCTS, brand=brand) == made


def test_under_another_key_the_sku_is_taken(editor: Person, colleague: Person) -> None:
    key, body = new_key(), product_body()
    assert post_once(editor, key, body, PRODUCTS).status_code == 201
    expect_problem(post_once(editor, new_key(), body, PRODUCTS), 409, "sku_taken")
    expect_problem(post_once(colleague, key, body, PRODUCTS), 409, "sku_taken")


def test_a_key_does_not_replay_what_was_made_without_it(editor: Person) -> None:
    key, body = new_key(), product_body()
    assert editor.http.post(PRODUCTS, json=body).status_code == 201
    for _ in range(2):
        expect_problem(post_once(editor, key, body, PRODUCTS), 409, "sku_taken")


def test_a_refused_request_spends_no_key(editor: Person, ana: Person) -> None:
    key, body = new_key(), product_body()
    expect_invalid(post_once(editor, key, body | {"name": 7}, PRODUCTS), "/name")
    expect_problem(post_once(ana, key, body, PRODUCTS), 403)
    assert post_once(editor, key, body, PRODUCTS).status_code == 201


def test_a_taken_sku_spends_no_key(editor: Person) -> None:
    key, body = new_key(), product_body()
    make(editor, sku=body["sku"])
    expect_problem(post_once(editor, key, body, PRODUCTS), 409, "sku_taken")
    assert remove(editor, body["sku"]).status_code == 204
    answer = post_once(editor, key, body, PRODUCTS)
    assert answer.status_code == 201, describe(answer)


def test_a_replay_after_a_change_is_the_same_product(editor: Person, colleague: Person) -> None:
    key, body = new_key(), product_body()
    first = post_once(editor, key, body, PRODUCTS).json()
    changed = change(colleague, first, name="Renamed")
    answer = post_once(editor, key, body, PRODUCTS)
    assert answer.status_code == 201, describe(answer)
    assert answer.json() in (first, changed)
    assert look(editor.http, body["sku"]) == changed


def test_a_replay_after_a_deletion_makes_no_second(editor: Person) -> None:
    key, body = new_key(), product_body()
    post_once(editor, key, body, PRODUCTS)
    assert remove(editor, body["sku"]).status_code == 204
    answer = post_once(editor, key, body, PRODUCTS)
    # Nothing is left of what the request made.
    expect_problem(answer, 404)
    expect_problem(editor.http.get(path_of(body["sku"])), 404)
    assert len(history(editor, body["sku"])) == 2


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_what_is_no_key_is_refused(editor: Person, key: str | bytes) -> None:
    body = product_body()
    expect_problem(post_once(editor, key, body, PRODUCTS), {400, 422})
    expect_problem(editor.http.get(path_of(body["sku"])), 404)
