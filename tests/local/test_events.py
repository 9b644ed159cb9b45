"""Requests become events, and answers become responses, with the gateway's peculiarities."""

import base64
from typing import Any

import pytest

from local.events import HttpRequest, MalformedAnswer, to_answer, to_event
from local.plan import Route
from local.routes import Match, Router

ROUTE = Match(Route("POST", "/things/{id}", "F"), {"id": "a b"})


def event(
    *headers: tuple[str, str], method: str = "POST", query: str = "", body: bytes = b""
) -> dict[str, Any]:
    request = HttpRequest(method, "/things/a b", query, list(headers), body, "10.0.0.9")
    return to_event(request, ROUTE)


def test_an_event_names_route_path_and_caller() -> None:
    made = event(("host", "api.example"), ("user-agent", "curl"), query="a=1&b=%20&a=2&c=")
    assert (made["version"], made["routeKey"]) == ("2.0", "POST /things/{id}")
    assert (made["rawPath"], made["rawQueryString"]) == ("/things/a b", "a=1&b=%20&a=2&c=")
    assert made["queryStringParameters"] == {"a": "1,2", "b": " ", "c": ""}
    assert made["pathParameters"] == {"id": "a b"}
    http = made["requestContext"]["http"]
    assert (http["method"], http["sourceIp"], http["userAgent"]) == ("POST", "10.0.0.9", "curl")
    assert made["requestContext"]["domainName"] == "api.example"
    assert made["requestContext"]["requestId"]


def test_duplicate_headers_are_joined_by_commas() -> None:
    headers = event(("x-a", "1"), ("x-a", "2"), ("x-forwarded-for", "1.1.1.1"))["headers"]
    assert headers["x-a"] == "1,2"
    assert headers["x-forwarded-for"] == "1.1.1.1, 10.0.0.9"


def test_cookies_leave_the_headers() -> None:
    made = event(("cookie", "a=1; b=2"))
    assert made["cookies"] == ["a=1", "b=2"]
    assert "cookie" not in made["headers"]


def test_a_request_without_anything_has_no_empty_fields() -> None:
    made = event(method="GET")
    assert not {"body", "cookies", "queryStringParameters"} & made.keys()
    assert made["isBase64Encoded"] is False
    assert "content-type" not in made["headers"]


def test_a_post_without_a_body_gets_a_content_type() -> None:
    assert event()["headers"]["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("kind", "is_text"),
    [
        ("application/json", True),
        ("Application/JSON; charset=utf-8", True),
        ("text/csv", True),
        ("application/xml", True),
        ("application/javascript", True),
        ("application/problem+json", False),
        ("application/x-www-form-urlencoded", False),
        ("application/octet-stream", False),
        (None, False),
    ],
)
def test_only_plain_text_types_arrive_as_text(kind: str | None, is_text: bool) -> None:
    headers = [("content-type", kind)] if kind else []
    made = event(*headers, body="ñ".encode())
    expected = "ñ" if is_text else base64.b64encode("ñ".encode()).decode()
    assert (made["body"], made["isBase64Encoded"]) == (expected, not is_text)


def test_text_that_is_none_arrives_as_base64() -> None:
    assert event(("content-type", "text/plain"), body=b"\xff")["isBase64Encoded"] is True


def test_an_answer_carries_status_headers_cookies_and_body() -> None:
    answer = to_answer(
        {
            "statusCode": 201,
            "headers": {"X-A": "1", "Content-Length": "99", "X-B": True, "X-C": 7},
            "cookies": ["a=1", "b=2"],
            "body": "ñ",
        }
    )
    assert (answer.status, answer.body) == (201, "ñ".encode())
    assert answer.headers == [
        ("x-a", "1"),
        ("x-b", "true"),
        ("x-c", "7"),
        ("content-type", "text/plain; charset=utf-8"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
    ]


def test_base64_is_decoded() -> None:
    answer = to_answer({"statusCode": 200, "body": "/w==", "isBase64Encoded": True})
    assert answer.body == b"\xff"


@pytest.mark.parametrize(("result", "body"), [({"a": 1}, b'{"a": 1}'), ("text", b"text")])
def test_an_answer_without_status_is_the_body(result: Any, body: bytes) -> None:
    answer = to_answer(result)
    assert (answer.status, answer.body) == (200, body)
    assert answer.headers == [("content-type", "application/json")]


@pytest.mark.parametrize(
    "result",
    [
        {"statusCode": "abc"},
        {"statusCode": 99},
        {"statusCode": None},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "headers": [1]},
        {"statusCode": 200, "headers": {"a": [1]}},
        {"statusCode": 200, "headers": {"a": "x\r\nset-cookie: y"}},
        {"statusCode": 200, "headers": {"a b": "x"}},
        {"statusCode": 200, "headers": {"a": "\u4e2d"}},
        {"statusCode": 200, "cookies": "a"},
        {"statusCode": 200, "body": "*", "isBase64Encoded": True},
    ],
    ids=str,
)
def test_what_is_no_answer_is_refused(result: Any) -> None:
    with pytest.raises(MalformedAnswer):
        to_answer(result)


ROUTES = [
    Route("GET", "/files/{id}", "get"),
    Route("GET", "/files/latest", "latest"),
    Route("ANY", "/files/{id}", "any"),
    Route("GET", "/{proxy+}", "greedy"),
    Route("GET", "/a/{x}/c.d", "dotted"),
    Route("GET", "/a/b/{rest+}", "rest"),
]


@pytest.mark.parametrize(
    ("method", "path", "function"),
    [
        ("GET", "/files/1", "get"),
        ("GET", "/files/latest", "latest"),
        ("POST", "/files/1", "any"),
        ("HEAD", "/files/1", "any"),
        ("HEAD", "/files/latest", "any"),
        ("GET", "/files/1/2", "greedy"),
        ("GET", "/a/b/c.d", "dotted"),
        ("GET", "/a/b/cxd", "rest"),
        ("HEAD", "/a/b/c.d", None),
        ("GET", "/", None),
    ],
)
def test_the_most_specific_route_wins(method: str, path: str, function: str | None) -> None:
    found = Router(ROUTES).find(method, path)
    assert (found.route.function if found else None) == function


def test_a_greedy_parameter_takes_the_rest_of_the_path() -> None:
    found = Router(ROUTES).find("GET", "/x/y z")
    assert found is not None
    assert found.parameters == {"proxy": "x/y z"}
