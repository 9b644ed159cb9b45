"""Routes of users: who is asked first, then the form, then whether there is such a user."""

from typing import Any

import httpx
import pytest

from tests.e2e.support.clients import raw_json
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.users import USERS, add, look, path_of, user_body

BROKEN = {
    "cut off": raw_json('{"role": "adm'),
    "no JSON": raw_json("role=admin"),
    "invalid UTF-8": raw_json(b'{"role": "\xff\xfe"}'),
    "two values": raw_json("{} {}"),
}
OTHER_TYPES = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
BAD = BROKEN | {kind: raw_json('{"role": "admin"}', kind) for kind in OTHER_TYPES}
BAD |= {"unknown field": {"json": {"surprise": 1}}, "empty": raw_json("")}
BAD |= {"list": raw_json("[]"), "large": {"json": {"first_name": "n" * 200_000}}}
WITH_BODY = [("POST", USERS), ("PATCH", f"{USERS}/{ABSENT}"), ("PATCH", f"{USERS}/no-id")]
WITHOUT = [("GET", f"{USERS}/no-id"), ("DELETE", f"{USERS}/no-id"), ("DELETE", f"{USERS}/{ABSENT}")]
WITHOUT += [
    ("GET", f"{USERS}?limit=0"),
    ("GET", f"{USERS}?cursor=x"),
    ("GET", f"{USERS}?email=%00"),
]
UNKNOWN = [ABSENT, "5f0c3f0e-94a4-4a53-8f5f-0d6f3f9b1c11", "x", "%00", "me%00", "a" * 2000]


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize(("method", "path"), WITH_BODY[::2])
def test_the_token_comes_before_the_form(
    anonymous: httpx.Client, method: str, path: str, body: dict[str, Any]
) -> None:
    expect_problem(anonymous.request(method, path, **body), 401)


@pytest.mark.parametrize(("method", "path"), WITHOUT)
def test_the_token_comes_before_id_and_query(
    anonymous: httpx.Client, method: str, path: str
) -> None:
    expect_problem(anonymous.request(method, path), 401)


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize(("method", "path"), WITH_BODY[::2])
def test_the_role_comes_before_the_form(
    commoner: Person, method: str, path: str, body: dict[str, Any]
) -> None:
    expect_problem(commoner.http.request(method, path, **body), 403, "forbidden")


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "cursor=x", "email=%00", "role=root"])
def test_the_role_comes_before_the_query(ana: Person, query: str) -> None:
    expect_problem(ana.http.get(f"{USERS}?{query}"), 403, "forbidden")


@pytest.mark.parametrize("id_", UNKNOWN, ids=lambda id_: ascii(id_)[:40])
def test_the_role_comes_before_the_user(commoner: Person, id_: str) -> None:
    expect_problem(commoner.http.patch(f"{USERS}/{id_}", json={"role": "user"}), 403, "forbidden")
    expect_problem(commoner.http.delete(f"{USERS}/{id_}"), 403, "forbidden")


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize(("method", "path"), WITH_BODY)
def test_broken_json_is_a_400(
    superadmin: Person, method: str, path: str, body: dict[str, Any]
) -> None:
    expect_problem(superadmin.http.request(method, path, **body), 400)


@pytest.mark.parametrize("kind", OTHER_TYPES)
@pytest.mark.parametrize(("method", "path"), WITH_BODY)
def test_another_media_type_is_a_415(superadmin: Person, method: str, path: str, kind: str) -> None:
    answer = superadmin.http.request(method, path, **raw_json('{"role": "admin"}', kind))
    expect_problem(answer, 415)


@pytest.mark.parametrize("body", ["[]", "null", "[{}]"])
@pytest.mark.parametrize(("method", "path"), WITH_BODY)
def test_json_that_is_no_object_is_refused(
    superadmin: Person, method: str, path: str, body: str
) -> None:
    expect_problem(superadmin.http.request(method, path, **raw_json(body)), {400, 422})


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 50_000])
@pytest.mark.parametrize(("method", "path"), WITH_BODY[:2])
def test_deep_nesting_breaks_nothing(superadmin: Person, method: str, path: str, body: str) -> None:
    expect_problem(superadmin.http.request(method, path, **raw_json(body)), {400, 413, 422})


@pytest.mark.parametrize(("method", "path"), WITH_BODY[:2])
def test_a_large_body_is_refused(superadmin: Person, method: str, path: str) -> None:
    body = user_body(first_name="n" * 2_000_000)
    expect_problem(superadmin.http.request(method, path, json=body), {400, 413, 422})


@pytest.mark.parametrize("path", [path for method, path in WITH_BODY if method == "PATCH"])
def test_the_form_comes_before_the_user(superadmin: Person, path: str) -> None:
    for changes in ({"surprise": 1}, {"role": "root"}, {"active": "no"}, {"first_name": None}):
        (field,) = changes
        expect_invalid(superadmin.http.patch(path, json=changes), f"/{field}")


@pytest.mark.parametrize("id_", UNKNOWN, ids=lambda id_: ascii(id_)[:40])
def test_an_id_that_is_none_or_that_nobody_has_is_a_404(superadmin: Person, id_: str) -> None:
    path = f"{USERS}/{id_}"
    expect_problem(superadmin.http.get(path), 404)
    expect_problem(superadmin.http.delete(path), 404)
    for changes in ({}, {"role": "admin"}, {"active": False, "city": None}):
        if changes:
            expect_problem(superadmin.http.patch(path, json=changes), 404)
        else:
            expect_problem(superadmin.http.patch(path, json=changes), {404, 422})


def test_the_form_comes_before_a_conflict(superadmin: Person, ana: Person) -> None:
    taken = {"email": ana.email}
    expect_invalid(superadmin.http.post(USERS, json=user_body(**taken, role="root")), "/role")
    expect_invalid(superadmin.http.post(USERS, json=user_body(**taken, plan="no")), "/plan")
    expect_invalid(superadmin.http.post(USERS, json=user_body(**taken, surprise=1)), "/surprise")
    expect_problem(superadmin.http.post(USERS, json=user_body(**taken)), 409, "email_taken")


@pytest.fixture(scope="module")
def gone(superadmin: Person) -> dict[str, Any]:
    """Somebody who was deleted."""
    user = add(superadmin)
    assert superadmin.http.delete(path_of(user)).status_code == 204
    return user


def test_a_deleted_user_is_asked_for_no_sooner_than_another(
    superadmin: Person, admin: Person, gone: dict[str, Any]
) -> None:
    expect_problem(admin.http.patch(path_of(gone), json={"role": "user"}), 403, "forbidden")
    expect_problem(superadmin.http.patch(path_of(gone), **raw_json("{broken")), 400)
    expect_invalid(superadmin.http.patch(path_of(gone), json={"role": "root"}), "/role")
    expect_problem(superadmin.http.patch(path_of(gone), json={"role": "user"}), 404)


def test_no_refusal_changed_anybody(superadmin: Person, ana: Person, admin: Person) -> None:
    assert look(superadmin, ana.user) == ana.user
    assert look(superadmin, admin.user) == admin.user
