"""GET and HEAD of one product: for everybody, with its version as ETag."""

import httpx
import pytest

from tests.e2e.support.catalog import (
    PRODUCT,
    PRODUCTS,
    assert_fields,
    change,
    etag,
    look,
    make,
    path_of,
)
from tests.e2e.support.clients import client
from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.sending import Json

NOBODYS = ["nobodys", "0", "-1", "null", "%20", "%00", "a%00", "%F0%9F%94%A5", "'--", "%25", "%FF"]
NOBODYS += ["%ED%A0%80", "a" * 65, "b" * 2000, ABSENT, "a%0Ab", "%E2%80%AEa", "*", "%EF%BC%85"]
NOBODYS += ["pg_sleep(10)", "'%20OR%201=1--", "_" * 64, "%25%25%25"]
VARYING = {"date", "x-request-id", "apigw-requestid", "content-length", "transfer-encoding"}


@pytest.fixture(scope="module")
def still(editor: Person) -> Json:
    """A product that nobody changes."""
    return make(editor)


def test_everybody_reads_the_same_product(
    still: Json, anonymous: httpx.Client, ana: Person, editor: Person, superadmin: Person
) -> None:
    for http in (anonymous, ana.http, editor.http, superadmin.http):
        assert look(http, still["sku"]) == still
    assert_fields(still, PRODUCT)


def test_a_product_tells_no_emails(still: Json, anonymous: httpx.Client, editor: Person) -> None:
    for path in (path_of(still["sku"]), f"{PRODUCTS}?limit=200"):
        assert editor.email not in anonymous.get(path).text


def test_the_etag_is_the_version(editor: Person, anonymous: httpx.Client) -> None:
    product = make(editor)
    for _ in range(3):
        answer = anonymous.get(path_of(product["sku"]))
        assert answer.json() == product
        assert answer.headers["etag"] == etag(product) == f'"{product["version"]}"'
        product = change(editor, product, name=f"version {product['version'] + 1}")


def test_an_answer_is_json_that_sets_no_cookie(still: Json, anonymous: httpx.Client) -> None:
    answer = anonymous.get(path_of(still["sku"]))
    assert answer.headers["content-type"].split(";")[0] == "application/json"
    assert "set-cookie" not in answer.headers


def test_head_has_the_headers_and_no_body(still: Json, anonymous: httpx.Client) -> None:
    shown = anonymous.get(path_of(still["sku"]))
    answer = anonymous.head(path_of(still["sku"]))
    assert (answer.status_code, answer.content) == (200, b"")
    expected = {name: shown.headers[name] for name in shown.headers.keys() - VARYING}
    assert expected.items() <= dict(answer.headers).items()
    assert answer.headers["etag"] == etag(still)


@pytest.mark.parametrize("who", ["ana", "editor"])
def test_head_is_for_everybody(still: Json, ana: Person, editor: Person, who: str) -> None:
    http = {"ana": ana, "editor": editor}[who].http
    answer = http.head(path_of(still["sku"]))
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("sku", NOBODYS, ids=lambda sku: sku[:20])
def test_a_sku_that_nobody_has_is_a_404(anonymous: httpx.Client, base_url: str, sku: str) -> None:
    expect_problem(anonymous.get(f"{PRODUCTS}/{sku}"), 404)
    answer = client(base_url, checked=False).head(f"{PRODUCTS}/{sku}")
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize("etags", ["{}", '"0", {}', "*", "W/{}", '"nothing"', "nothing", ""])
def test_a_cache_may_ask_whether_there_is_a_newer_one(
    still: Json, anonymous: httpx.Client, etags: str
) -> None:
    headers = {"if-none-match": etags.format(etag(still))}
    answer = anonymous.get(path_of(still["sku"]), headers=headers)
    assert answer.status_code in {200, 304}, describe(answer)
    if answer.status_code == 304:
        assert "nothing" not in etags
        assert answer.content == b""
    else:
        assert answer.json() == still


def test_a_token_that_is_none_does_not_break_what_is_public(still: Json, base_url: str) -> None:
    answer = client(base_url, "no token at all").get(path_of(still["sku"]))
    if answer.status_code == 401:
        expect_problem(answer, 401)
    else:
        assert answer.json() == still
