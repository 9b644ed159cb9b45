"""Bodies that are broken in form, on every route that reads one."""

from uuid import uuid4

import httpx
import pytest

from tests.e2e.support.clients import raw_json
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT, BODY_NEEDED, WITH_BODY

BROKEN = {
    "cut off": '{"email": "a',
    "no JSON": "email=a",
    "single quotes": "{'email': 'a'}",
    "trailing comma": '{"email": "a",}',
    "comment": '{"email": "a"} // why',
    "two values": "{} {}",
    "bare word": "undefined",
    "unescaped newline": '{"email": "a\nb"}',
    "bad escape": '{"email": "\\x41"}',
    "invalid UTF-8": b'{"email": "\xff\xfe"}',
    "UTF-16": '{"email": "a"}'.encode("utf-16"),
}
NOT_OBJECTS = ["[]", "7", "[{}]"]
OTHER_TYPES = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize("path", ["/v1/auth/login", "/v1/uploads"])
def test_broken_json_is_a_400(ana: Person, path: str, body: str | bytes) -> None:
    expect_problem(ana.http.post(path, **raw_json(body)), 400)


@pytest.mark.parametrize("body", [BROKEN["cut off"], BROKEN["invalid UTF-8"]], ids=ascii)
@pytest.mark.parametrize(("method", "path"), WITH_BODY)
def test_every_route_refuses_broken_json(
    ana: Person, method: str, path: str, body: str | bytes
) -> None:
    expect_problem(ana.http.request(method, path.format(id=ABSENT), **raw_json(body)), 400)


@pytest.mark.parametrize("body", NOT_OBJECTS)
@pytest.mark.parametrize(("method", "path"), WITH_BODY)
def test_json_that_is_no_object_is_refused(ana: Person, method: str, path: str, body: str) -> None:
    answer = ana.http.request(method, path.format(id=ABSENT), **raw_json(body))
    expect_problem(answer, {400, 422})


@pytest.mark.parametrize("body", ["", "null"])
@pytest.mark.parametrize(("method", "path"), BODY_NEEDED)
def test_a_body_that_is_needed_has_to_be_there(
    ana: Person, method: str, path: str, body: str
) -> None:
    answer = ana.http.request(method, path.format(id=ABSENT), **raw_json(body))
    expect_problem(answer, {400, 422})


@pytest.mark.parametrize("kind", OTHER_TYPES)
@pytest.mark.parametrize(("method", "path"), WITH_BODY)
def test_another_media_type_is_a_415(ana: Person, method: str, path: str, kind: str) -> None:
    answer = ana.http.request(method, path.format(id=ABSENT), **raw_json("{}", kind))
    expect_problem(answer, 415)


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
def test_an_unknown_field_is_named(ana: Person, method: str, path: str) -> None:
    answer = ana.http.request(method, path.format(id=ABSENT), json={"surprise": 1})
    expect_invalid(answer, "/surprise")


@pytest.mark.parametrize("field", ["a/b", "a~b", "", "0", "ñ", "__proto__"])
def test_a_pointer_is_a_json_pointer(anonymous: httpx.Client, field: str) -> None:
    escaped = field.replace("~", "~0").replace("/", "~1")
    expect_invalid(anonymous.post("/v1/auth/login", json={field: 1}), f"/{escaped}")


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 50_000, "[" * 500 + "]" * 500])
@pytest.mark.parametrize(("method", "path"), WITH_BODY[1::3])
def test_deep_nesting_breaks_nothing(ana: Person, method: str, path: str, body: str) -> None:
    answer = ana.http.request(method, path.format(id=ABSENT), **raw_json(body))
    expect_problem(answer, {400, 413, 422})


def test_deep_nesting_in_a_field_breaks_nothing(ana: Person) -> None:
    nested = '{"files": [{"file_name": ' + "[" * 50_000 + "]" * 50_000 + ', "size": 1}]}'
    expect_problem(ana.http.post("/v1/uploads", **raw_json(nested)), {400, 413, 422})


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_json_has_no_such_number(anonymous: httpx.Client, number: str) -> None:
    body = f'{{"email": {number}, "password": "some password"}}'
    expect_problem(anonymous.post("/v1/auth/login", **raw_json(body)), {400, 422})


def test_a_large_body_is_refused(anonymous: httpx.Client) -> None:
    body = f'{{"email": "{uuid4().hex}", "password": "{"x" * 2_000_000}"}}'
    expect_problem(anonymous.post("/v1/auth/login", **raw_json(body)), {400, 413, 422})


def test_a_body_with_a_thousand_wrong_fields_gets_an_answer(anonymous: httpx.Client) -> None:
    body = {f"field{number}": number for number in range(1000)}
    expect_problem(anonymous.post("/v1/auth/login", json=body), 422)
