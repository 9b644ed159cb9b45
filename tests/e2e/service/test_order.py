"""The order of checks, ids that are none, and things that belong to somebody else."""

from typing import Any

import httpx
import pytest

from tests.e2e.support.clients import raw_json
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT, BY_ID
from tests.e2e.support.sending import abort, publish, reserve

MALFORMED = ["x", "0", "-1", "null", "undefined", "%20", "%00", "%F0%9F%94%A5", "'--", "1e400"]
MALFORMED += [ABSENT[:-1], ABSENT + "0", ABSENT.replace("0", "g", 1), "a" * 2000, "%25", "..;"]


def request(person: Person, method: str, path: str, id_: str, body: Any) -> httpx.Response:
    """A request that is right in form."""
    return person.http.request(method, path.format(id=id_), json=body)


@pytest.mark.parametrize("id_", MALFORMED)
@pytest.mark.parametrize("path", ["/v1/uploads/{id}", "/v1/files/{id}", "/v1/files/{id}/download"])
def test_a_malformed_id_is_a_404(ana: Person, path: str, id_: str) -> None:
    expect_problem(request(ana, "GET", path, id_, None), 404)


@pytest.mark.parametrize("id_", ["x", ABSENT[:-1], "%F0%9F%94%A5"])
@pytest.mark.parametrize(("method", "path", "body"), BY_ID)
def test_every_route_knows_a_malformed_id(
    ana: Person, method: str, path: str, body: Any, id_: str
) -> None:
    expect_problem(request(ana, method, path, id_, body), 404)


@pytest.mark.parametrize("id_", [ABSENT, "5f0c3f0e-94a4-4a53-8f5f-0d6f3f9b1c11"])
@pytest.mark.parametrize(("method", "path", "body"), BY_ID)
def test_an_id_that_nobody_has_is_a_404(
    ana: Person, method: str, path: str, body: Any, id_: str
) -> None:
    expect_problem(request(ana, method, path, id_, body), 404)


@pytest.fixture(scope="module")
def anas(ana: Person) -> dict[str, str]:
    """Something of Ana's for each kind of route."""
    return {"uploads": reserve(ana, 1)["id"], "files": publish(ana, b"private")["id"]}


@pytest.mark.parametrize("who", ["bob", "superadmin"])
@pytest.mark.parametrize(("method", "path", "body"), BY_ID)
def test_what_is_somebody_elses_looks_as_if_it_were_absent(
    anas: dict[str, str], bob: Person, superadmin: Person,
    method: str, path: str, body: Any, who: str,
) -> None:  # fmt: skip
    person = {"bob": bob, "superadmin": superadmin}[who]
    theirs = request(person, method, path, anas[path.split("/")[2]], body)
    absent = request(person, method, path, ABSENT, body)
    told = [expect_problem(answer, 404) for answer in (theirs, absent)]
    assert {**told[0], "request_id": ""} == {**told[1], "request_id": ""}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/uploads/{id}/fragments"),
        ("POST", "/v1/uploads/{id}/complete"),
        ("PATCH", "/v1/files/{id}"),
    ],
)
def test_the_form_is_judged_before_the_thing_is_looked_for(
    ana: Person, method: str, path: str
) -> None:
    place = path.format(id=ABSENT)
    expect_problem(ana.http.request(method, place, **raw_json("{broken")), 400)
    expect_problem(ana.http.request(method, place, **raw_json("{}", "text/plain")), 415)
    expect_invalid(ana.http.request(method, place, json={"surprise": 1}), "/surprise")


def test_the_form_is_judged_before_the_state(ana: Person) -> None:
    upload = reserve(ana, 1)
    abort(ana, upload)
    answer = ana.http.post(f"/v1/uploads/{upload['id']}/complete", json={"surprise": 1})
    expect_invalid(answer, "/surprise")


@pytest.mark.parametrize("path", ["/v1/uploads", "/v1/files", "/v1/plans"])
@pytest.mark.parametrize("limit", ["0", "-1", "201", "x", "1.5", "1e1", "true", "9" * 30, "٣x"])
def test_a_limit_is_1_to_200(ana: Person, path: str, limit: str) -> None:
    expect_problem(ana.http.get(path, params={"limit": limit}), {400, 422})


@pytest.mark.parametrize("path", ["/v1/uploads", "/v1/files", "/v1/plans"])
@pytest.mark.parametrize("limit", ["1", "200"])
def test_the_bounds_of_a_limit_are_allowed(ana: Person, path: str, limit: str) -> None:
    assert ana.http.get(path, params={"limit": limit}).status_code == 200


@pytest.mark.parametrize("path", ["/v1/uploads", "/v1/files", "/v1/plans"])
@pytest.mark.parametrize(
    "cursor", ["x", "e30", "bnVsbA", "W10", "'; --", "\x00", "é", ABSENT, "A" * 4000, "{}", "=="]
)
def test_a_cursor_that_was_never_given_is_refused(ana: Person, path: str, cursor: str) -> None:
    expect_problem(ana.http.get(path, params={"cursor": cursor}), {400, 422})
