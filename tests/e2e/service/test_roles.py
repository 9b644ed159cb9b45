"""Every route of the OpenAPI document, asked by everybody: who is let in, and who is not.

The table below is the contract's, not the server's. Routes that the document doesn't list yet are
skipped; a route that only the document has fails.
"""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.support.conventions import PROBLEM, describe
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.users import enlist, remove, role_now

Route = tuple[str, str]
ROLES = ["anonymous", "user", "admin", "superadmin"]
# Who is the least that a route lets in, and the routes by their methods; {} is any parameter.
CONTRACT = {
    "anonymous": {
        "/v1/auth/register": "POST",
        "/v1/auth/login": "POST",
        "/v1/auth/refresh": "POST",
        "/l/{}": "GET HEAD",
        "/v1/public/videos": "GET",
        "/v1/public/rankings": "GET",
        "/v1/products": "GET",
        "/v1/products/{}": "GET HEAD",
        "/v1/tus": "OPTIONS",
        "/v1/health": "GET",
        "/v1/openapi.json": "GET",
        "/docs": "GET",
    },
    "user": {
        "/v1/auth/logout": "POST",
        "/v1/auth/session": "GET",
        "/v1/auth/password": "POST",
        "/v1/users/me": "GET PATCH",
        "/v1/plans": "GET",
        "/v1/buckets": "GET POST",
        "/v1/buckets/{}": "DELETE",
        "/v1/uploads": "GET POST",
        "/v1/uploads/{}": "GET DELETE",
        "/v1/uploads/{}/fragments": "POST",
        "/v1/uploads/{}/fragments/{}": "PUT",
        "/v1/uploads/{}/complete": "POST",
        "/v1/tus": "POST",
        "/v1/tus/{}": "HEAD PATCH DELETE POST",
        "/v1/files": "GET",
        "/v1/files/{}": "GET PATCH DELETE",
        "/v1/files/{}/download": "GET",
        "/v1/files/{}/links": "GET POST",
        "/v1/links/{}": "DELETE",
        "/v1/images": "GET",
        "/v1/images/{}": "GET",
        "/v1/videos": "GET POST",
        "/v1/videos/{}": "GET DELETE",
        "/v1/videos/{}/publish": "POST",
        "/v1/videos/{}/unpublish": "POST",
        "/v1/public/videos/{}/vote": "POST DELETE",
        "/v1/notifications": "GET",
        "/v1/notifications/{}/read": "POST",
    },
    "admin": {
        "/v1/users": "GET",
        "/v1/users/{}": "GET",
        "/v1/products": "POST",
        "/v1/products/{}": "PATCH DELETE",
        "/v1/products/{}/history": "GET",
        "/v1/reports/product-views": "GET",
    },
    "superadmin": {
        "/v1/users": "POST",
        "/v1/users/{}": "PATCH DELETE",
        "/v1/plans": "POST",
        "/v1/plans/{}": "PATCH DELETE",
    },
}
LEAST: dict[Route, str] = {
    (method, path): role
    for role, routes in CONTRACT.items()
    for path, methods in routes.items()
    for method in methods.split()
}
ROUTES = sorted(LEAST, key=lambda route: (route[1], route[0]))


@pytest.fixture(scope="module")
def document(anonymous: httpx.Client) -> dict[str, Any]:
    """The OpenAPI document."""
    found: dict[str, Any] = anonymous.get("/v1/openapi.json").json()
    return found


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> dict[Route, dict[str, Any]]:
    """Each operation by its method and path, every path parameter written {}."""
    methods = {"get", "head", "options", "post", "put", "patch", "delete", "trace"}
    return {
        (method.upper(), re.sub(r"\{[^}]+\}", "{}", path)): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in methods
    }


@pytest.fixture(scope="module")
def people(base_url: str, superadmin: Person) -> Iterator[dict[str, Person]]:
    """One of each role, on a plan that forbids nothing."""
    hired = {role: enlist(base_url, superadmin, role=role, plan="enterprise") for role in ROLES[1:]}
    yield hired
    for person in hired.values():
        remove(superadmin, person.user)


@pytest.fixture(scope="module")
def asking(people: dict[str, Person], anonymous: httpx.Client) -> dict[str, httpx.Client]:
    """Everybody's way to ask."""
    return {"anonymous": anonymous} | {role: person.http for role, person in people.items()}


def ask(http: httpx.Client, method: str, path: str) -> httpx.Response:
    """A request about what there is not, with a field that nobody knows: it changes nothing."""
    body = {"surprise": 1} if method in {"POST", "PUT", "PATCH"} else None
    return http.request(method, path.replace("{}", ABSENT), json=body)


def test_the_contract_knows_every_route_of_the_document(
    operations: dict[Route, dict[str, Any]],
) -> None:
    assert operations.keys() - LEAST.keys() == set()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_route_lets_in_whom_the_contract_says(
    operations: dict[Route, dict[str, Any]], asking: dict[str, httpx.Client],
    method: str, path: str, role: str,
) -> None:  # fmt: skip
    if (method, path) not in operations:
        pytest.skip("the document does not list it")
    answer = ask(asking[role], method, path)
    if ROLES.index(role) >= ROLES.index(LEAST[method, path]):
        assert answer.status_code not in {401, 403}, describe(answer)
    else:
        refused = 401 if role == "anonymous" else 403
        assert answer.status_code == refused, describe(answer)
        assert answer.headers["content-type"].split(";")[0] == PROBLEM


def test_the_document_says_which_routes_need_a_token(
    document: dict[str, Any], operations: dict[Route, dict[str, Any]]
) -> None:
    for route in operations.keys() & LEAST.keys():
        needed = operations[route].get("security", document.get("security", []))
        public = needed == [] or {} in needed
        assert public == (LEAST[route] == "anonymous"), route


def test_the_document_says_which_routes_a_role_may_close(
    operations: dict[Route, dict[str, Any]],
) -> None:
    for route in operations.keys() & LEAST.keys():
        if LEAST[route] in {"admin", "superadmin"}:
            assert "403" in operations[route]["responses"], route


def test_whoever_asked_is_still_who_he_was(people: dict[str, Person]) -> None:
    for role, person in people.items():
        assert role_now(person) == role
