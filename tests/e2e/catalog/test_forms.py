"""Bodies of products that are wrong in form, and fields that the server alone writes."""

from typing import Any

import pytest

from tests.e2e.support.catalog import (
    PRODUCTS,
    ask_for,
    etag,
    history,
    look,
    make,
    new_sku,
    patch,
    path_of,
    product_body,
)
from tests.e2e.support.clients import escaped_json, raw_json
from tests.e2e.support.conventions import describe, expect_invalid, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.sending import Json

NO_TEXTS: list[Any] = [None, "", 7, 1.5, True, [], ["a"], {}, "a\x00b", "\x00"]
# Nobody said whether these are names.
DOUBTFUL = [" ", "\t", "a\nb", "a\x1bb", "a\x7fb", "\u202ea", "\ufffe", "n" * 1000, "m" * 100_000]
DOUBTFUL += ["\U0001f525" * 255, "\ufdfa" * 255]
NO_LISTS: list[Any] = [None, "", ABSENT, 7, True, {}, {"0": ABSENT}]
OURS: Json = {
    "id": ABSENT, "created_by": ABSENT, "updated_by": ABSENT, "version": 7, "history": [],
    "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z", "views": 1000,
    "deleted_at": None, "deleted": False, "owner_id": ABSENT, "surprise": 1, "__class__": {},
}  # fmt: skip
BROKEN = ['{"sku": "a', "sku=a", '{"sku": "a",}', "{} {}", b'{"sku": "\xff\xfe"}', "[" * 100_000]


@pytest.fixture(scope="module")
def still(editor: Person) -> Json:
    """A product that only what is wrong would change."""
    return make(editor)


def expect_unmade(editor: Person, body: Json, pointer: str) -> None:
    """The body is refused, and there is no product."""
    expect_invalid(editor.http.post(PRODUCTS, json=body), pointer)
    expect_problem(editor.http.get(path_of(body["sku"])), 404)


def expect_unchanged(editor: Person, still: Json, body: Json, pointer: str) -> None:
    """The body is refused, and the product stays as it is."""
    expect_invalid(patch(editor, still["sku"], body, etag(still)), pointer)
    assert look(editor.http, still["sku"]) == still


@pytest.mark.parametrize("field", ["name", "brand"])
@pytest.mark.parametrize("value", NO_TEXTS, ids=ascii)
def test_what_is_no_text_is_refused(editor: Person, still: Json, field: str, value: Any) -> None:
    expect_unmade(editor, product_body(**{field: value}), f"/{field}")
    expect_unchanged(editor, still, {field: value}, f"/{field}")


@pytest.mark.parametrize("field", ["name", "brand"])
@pytest.mark.parametrize("value", DOUBTFUL, ids=lambda value: ascii(value)[:20])
def test_an_odd_text_is_kept_exactly_or_refused(editor: Person, field: str, value: str) -> None:
    answer = ask_for(editor, **{field: value})
    if answer.status_code == 201:
        assert answer.json()[field] == value == look(editor.http, answer.json()["sku"])[field]
    else:
        expect_invalid(answer, f"/{field}")


@pytest.mark.parametrize("field", ["name", "brand"])
@pytest.mark.parametrize("value", ["a\ud800b", "\udc00\ud800"], ids=ascii)
def test_surrogates_are_refused(editor: Person, still: Json, field: str, value: str) -> None:
    body = product_body(**{field: value})
    expect_problem(editor.http.post(PRODUCTS, **escaped_json(body)), {400, 422})
    arguments = escaped_json({field: value})
    arguments["headers"]["if-match"] = etag(still)
    expect_problem(editor.http.patch(path_of(still["sku"]), **arguments), {400, 422})
    assert look(editor.http, still["sku"]) == still


@pytest.mark.parametrize("value", NO_LISTS, ids=ascii)
def test_pictures_are_a_list(editor: Person, still: Json, value: Any) -> None:
    expect_unmade(editor, product_body(image_file_ids=value), "/image_file_ids")
    expect_unchanged(editor, still, {"image_file_ids": value}, "/image_file_ids")


@pytest.mark.parametrize("field", ["sku", "name", "price"])
def test_a_missing_field_is_named(editor: Person, field: str) -> None:
    body = product_body()
    del body[field]
    expect_invalid(editor.http.post(PRODUCTS, json=body), f"/{field}")


def test_all_that_is_wrong_is_named_at_once(editor: Person) -> None:
    body = {"sku": "a b", "name": 7, "price": {"amount": "1", "currency": "usd "}, "x": 1}
    answer = editor.http.post(PRODUCTS, json=body)
    for pointer in ("/sku", "/name", "/price/amount", "/price/currency", "/x"):
        expect_invalid(answer, pointer)


@pytest.mark.parametrize("field", OURS)
def test_what_the_server_writes_is_no_field_of_a_body(
    editor: Person, still: Json, field: str
) -> None:
    expect_unmade(editor, product_body(**{field: OURS[field]}), f"/{field}")
    expect_unchanged(editor, still, {"name": "Renamed", field: OURS[field]}, f"/{field}")
    assert len(history(editor, still["sku"])) == 1


def test_a_sku_is_not_changed_by_the_way(editor: Person, still: Json) -> None:
    answer = patch(editor, still["sku"], {"sku": new_sku()}, etag(still))
    expect_problem(answer, {409, 422})
    assert look(editor.http, still["sku"]) == still


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: ascii(text)[:20])
def test_broken_json_is_a_400(editor: Person, still: Json, text: str | bytes) -> None:
    status = 400 if len(text) < 1000 else {400, 413, 422}
    expect_problem(editor.http.post(PRODUCTS, **raw_json(text)), status)
    expect_problem(editor.http.patch(path_of(still["sku"]), **raw_json(text)), status)


@pytest.mark.parametrize("text", ["[]", "7", "null", '"a"', "", "[{}]"])
def test_what_is_no_object_is_refused(editor: Person, still: Json, text: str) -> None:
    expect_problem(editor.http.post(PRODUCTS, **raw_json(text)), {400, 422})
    arguments = raw_json(text)
    arguments["headers"]["if-match"] = etag(still)
    expect_problem(editor.http.patch(path_of(still["sku"]), **arguments), {400, 422})


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_another_media_type_is_a_415(editor: Person, still: Json, kind: str) -> None:
    expect_problem(editor.http.post(PRODUCTS, **raw_json("{}", kind)), 415)
    expect_problem(editor.http.patch(path_of(still["sku"]), **raw_json("{}", kind)), 415)


def test_a_body_too_large_is_refused(editor: Person) -> None:
    answer = ask_for(editor, name="n" * 2_000_000)
    assert answer.status_code in {400, 413, 422}, describe(answer)


def test_a_field_given_twice_is_one_of_both_or_refused(editor: Person) -> None:
    sku = new_sku()
    text = f'{{"sku": "{sku}", "name": "one", "name": "two", "brand": "b", '
    answer = editor.http.post(
        PRODUCTS, **raw_json(text + '"price": {"amount": "1.00", "currency": "USD"}}')
    )
    if answer.status_code == 201:
        assert answer.json()["name"] in {"one", "two"}
    else:
        expect_problem(answer, {400, 422})
