"""The gateway answers by itself what AWS's does, and leaves the rest to the functions."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from local.gateway import Gateway
from local.plan import Cors, Function, Plan, Route
from local.pool import HandlerRaised, TimedOut, WorkerDied

CORS = Cors(
    origins=("https://app.example", "http://localhost:*"),
    methods=("GET", "PUT"),
    headers=("authorization",),
    exposed=("etag",),
    max_age=60,
)
ROUTES = (
    Route("GET", "/echo/{id}", "Echo"),
    Route("POST", "/echo", "Echo"),
    Route("OPTIONS", "/echo", "Echo"),
)
PLAN = Plan(
    functions={"Echo": Function("Echo", "a.b", "arn", "echo", 60, 128)},
    routes=ROUTES,
    cors=CORS,
    sources=(),
    schedules=(),
    environment={},
)
Ask = Callable[..., httpx.Response]


def answering(
    result: Any, calls: list[Any] | None = None, address: str = "10.0.0.9"
) -> httpx.AsyncClient:
    """A client, at an address, of a gateway whose function answers, or raises, `result`."""

    async def invoke(function: Function, event: dict[str, Any], seconds: float) -> Any:
        if calls is not None:
            calls.append((event, seconds))
        if isinstance(result, Exception):
            raise result
        return result

    transport = httpx.ASGITransport(Gateway(PLAN, invoke), client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://api")


@pytest.fixture(params=["asyncio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


pytestmark = pytest.mark.anyio


async def test_an_unknown_route_is_the_gateways_404() -> None:
    async with answering({}) as http:
        answer = await http.get("/nowhere")
    assert (answer.status_code, answer.text) == (404, '{"message":"Not Found"}')


async def test_head_exists_only_where_a_route_says_so() -> None:
    async with answering({}) as http:
        assert (await http.head("/echo/1")).status_code == 404


async def test_a_function_gets_the_decoded_path_and_the_gateways_patience() -> None:
    calls: list[Any] = []
    async with answering({"statusCode": 204}, calls) as http:
        answer = await http.get("/echo/a%20b%C3%B1?x=%20")
    ((event, seconds),) = calls
    assert answer.status_code == 204
    assert "content-type" not in answer.headers
    assert event["pathParameters"] == {"id": "a bñ"}
    assert (event["rawPath"], event["rawQueryString"]) == ("/echo/a bñ", "x=%20")
    assert event["requestContext"]["requestId"] == answer.headers["apigw-requestid"]
    assert seconds == 30


@pytest.mark.parametrize(
    ("trouble", "status", "message"),
    [
        (TimedOut(), 503, "Service Unavailable"),
        (WorkerDied(), 500, "Internal Server Error"),
        (HandlerRaised(), 500, "Internal Server Error"),
        ({"statusCode": 200, "body": {}}, 500, "Internal Server Error"),
        ({"statusCode": 200, "body": "x" * 6_300_000}, 500, "Internal Server Error"),
    ],
    ids=["timeout", "death", "exception", "malformed", "long"],
)
async def test_a_function_in_trouble_is_the_gateways_answer(
    trouble: Any, status: int, message: str
) -> None:
    async with answering(trouble) as http:
        answer = await http.get("/echo/1")
    assert (answer.status_code, answer.json()) == (status, {"message": message})


@pytest.mark.parametrize(
    ("size", "status", "message"),
    [
        (4_400_000, 204, None),
        (5_000_000, 413, "Request Too Long"),
        (10_500_000, 413, "Request Entity Too Large"),
    ],
)
async def test_binary_bodies_are_limited_by_the_invocation(
    size: int, status: int, message: str | None
) -> None:
    async with answering({"statusCode": 204}) as http:
        answer = await http.post("/echo", content=b"\0" * size)
    assert answer.status_code == status
    assert message is None or json.loads(answer.text)["message"] == message


@pytest.mark.parametrize(("size", "status"), [(9_000, 200), (10_241, 431)])
async def test_headers_are_limited(size: int, status: int) -> None:
    async with answering({"statusCode": 200}) as http:
        answer = await http.get("/echo/1", headers={"x-long": "x" * size})
    assert answer.status_code == status


async def test_a_preflight_never_reaches_a_function() -> None:
    calls: list[Any] = []
    headers = {"origin": "http://localhost:5173", "access-control-request-method": "PUT"}
    async with answering({"statusCode": 200}, calls) as http:
        answer = await http.options("/anywhere", headers=headers)
    assert (answer.status_code, calls) == (204, [])
    assert answer.headers["access-control-allow-origin"] == "http://localhost:5173"
    assert answer.headers["access-control-allow-methods"] == "GET,PUT"
    assert answer.headers["access-control-allow-headers"] == "authorization"
    assert answer.headers["access-control-max-age"] == "60"


async def test_a_preflight_of_a_foreign_origin_gets_no_permission() -> None:
    headers = {"origin": "https://evil.example", "access-control-request-method": "PUT"}
    async with answering({}) as http:
        answer = await http.options("/echo", headers=headers)
    assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_a_plain_options_goes_to_its_route() -> None:
    calls: list[Any] = []
    async with answering({"statusCode": 204}, calls) as http:
        await http.options("/echo")
    assert len(calls) == 1


async def test_the_functions_own_cors_headers_are_replaced() -> None:
    result = {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*", "etag": "1"}}
    async with answering(result) as http:
        same = await http.get("/echo/1")
        allowed = await http.get("/echo/1", headers={"origin": "https://app.example"})
    assert "access-control-allow-origin" not in same.headers
    assert allowed.headers["access-control-allow-origin"] == "https://app.example"
    assert allowed.headers["access-control-expose-headers"] == "etag"
    assert allowed.headers["etag"] == "1"


HERE = "127.0.0.1"
SIGNED = {"authorization": "AWS4-HMAC-SHA256 Credential=local", "host": "127.0.0.1:8000"}
INVOKE = "/2015-03-31/functions/{}/invocations"


@pytest.mark.parametrize("name", ["Echo", "echo"])
async def test_a_function_is_invoked_by_hand_as_lambdas_own_api_does_it(name: str) -> None:
    calls: list[Any] = []
    async with answering({"made": 1}, calls, HERE) as http:
        answer = await http.post(INVOKE.format(name), content=b'{"a": 1}', headers=SIGNED)
    assert (answer.status_code, answer.json(), calls) == (200, {"made": 1}, [({"a": 1}, 60)])


@pytest.mark.parametrize(
    "changed",
    [
        *({"authorization": ""}, {"authorization": "Bearer x"}, {"origin": "https://app.example"}),
        *({"origin": "null"}, {"host": "evil.example:8000"}, {"host": "127.0.0.1.evil.example"}),
    ],
)
async def test_no_web_page_invokes_a_function_by_hand(changed: dict[str, str]) -> None:
    calls: list[Any] = []
    async with answering({}, calls, HERE) as http:
        headers = SIGNED | changed
        answer = await http.post(INVOKE.format("Echo"), content=b"{}", headers=headers)
        asked = {"origin": "https://app.example", "access-control-request-method": "POST"}
        preflight = await http.options(INVOKE.format("Echo"), headers=SIGNED | asked)
    assert (answer.status_code, preflight.status_code, calls) == (403, 403, [])
    assert "access-control-allow-origin" not in preflight.headers


async def test_no_other_machine_invokes_a_function_by_hand() -> None:
    calls: list[Any] = []
    async with answering({}, calls) as http:
        answer = await http.post(INVOKE.format("Echo"), content=b"{}", headers=SIGNED)
    assert (answer.status_code, calls) == (403, [])


async def test_an_invocation_by_hand_is_of_a_kind() -> None:
    calls: list[Any] = []
    async with answering({"made": 1}, calls, HERE) as http:
        for kind, status, told in (("DryRun", 204, 0), ("Event", 202, 1)):
            headers = SIGNED | {"x-amz-invocation-type": kind}
            answer = await http.post(INVOKE.format("Echo"), content=b"{}", headers=headers)
            assert (answer.status_code, answer.content, len(calls)) == (status, b"", told)


async def test_a_function_that_there_is_not_can_not_be_invoked() -> None:
    async with answering({}, address=HERE) as http:
        answer = await http.post(INVOKE.format("Nothing"), content=b"{}", headers=SIGNED)
    assert answer.status_code == 404


@pytest.mark.parametrize("text", [b"{", b"[" * 100_000], ids=["cut", "deep"])
async def test_an_event_that_is_no_json_is_refused(text: bytes) -> None:
    async with answering({}, address=HERE) as http:
        answer = await http.post(INVOKE.format("Echo"), content=text, headers=SIGNED)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("error", "kind"), [(HandlerRaised("Echo: no"), "Unhandled"), (TimedOut("slow"), "TimedOut")]
)
async def test_whoever_invokes_by_hand_is_told_of_the_error(error: Exception, kind: str) -> None:
    async with answering(error, address=HERE) as http:
        answer = await http.post(INVOKE.format("Echo"), content=b"{}", headers=SIGNED)
    assert (answer.status_code, answer.headers["x-amz-function-error"]) == (200, kind)
    assert answer.json() == {"errorMessage": str(error)}
