"""What holds for every answer."""

import httpx
import pytest

from tests.e2e.support.clients import client
from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.routes import CLOSED, PUBLIC


def test_every_request_has_an_id_of_its_own(ana: Person) -> None:
    ids = {ana.http.get("/v1/users/me").headers["x-request-id"] for _ in range(5)}
    assert len(ids) == 5


@pytest.mark.parametrize("text", ["x" * 9000, "a\tb", "../../etc/passwd", "\xe9\xe8"])
def test_a_request_id_of_the_clients_does_no_harm(ana: Person, text: str) -> None:
    answer = ana.http.get("/v1/users/me", headers=[(b"x-request-id", text.encode("latin-1"))])
    assert len(answer.headers["x-request-id"]) < 1000


@pytest.mark.parametrize("path", ["/v1/auth/session", "/v1/users/me", "/v1/uploads", "/v1/files"])
def test_a_users_data_is_not_stored_by_caches(ana: Person, path: str) -> None:
    assert "no-store" in ana.http.get(path).headers["cache-control"]


def test_answers_are_json(ana: Person) -> None:
    for path in ("/v1/auth/session", "/v1/users/me", "/v1/uploads", "/v1/files", "/v1/plans"):
        kind = ana.http.get(path).headers["content-type"]
        assert kind.split(";")[0] == "application/json"


@pytest.mark.parametrize("path", ["/v1/nothing", "/v2/files", "/v1/files/x/y/z", "/.git/config"])
def test_a_path_that_no_route_has_is_the_gateways_404(base_url: str, path: str) -> None:
    assert client(base_url, checked=False).get(path).status_code == 404


@pytest.mark.parametrize(("method", "path"), [("PUT", "/v1/users/me"), ("DELETE", "/v1/plans")])
def test_a_method_that_no_route_has_is_refused(
    base_url: str, ana: Person, method: str, path: str
) -> None:
    http = client(base_url, ana.tokens["access_token"], checked=False)
    assert http.request(method, path).status_code in {403, 404, 405}


@pytest.mark.parametrize(("method", "path"), PUBLIC)
def test_a_public_route_asks_for_no_token(anonymous: httpx.Client, method: str, path: str) -> None:
    body: dict[str, str] | None = {} if method == "POST" else None
    assert anonymous.request(method, path, json=body).status_code in {200, 422}


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_a_problem_can_be_told_by_its_code(anonymous: httpx.Client, method: str, path: str) -> None:
    body = expect_problem(anonymous.request(method, path.format(id="x")), 401)
    assert body["title"]
    assert body["detail"]
