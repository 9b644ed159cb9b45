"""Buckets, links and images of somebody else, and ids and names that are none."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.support.buckets import make
from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.images import developed
from tests.e2e.support.linking import link_to
from tests.e2e.support.people import Person
from tests.e2e.support.pictures import png
from tests.e2e.support.plans import basic_with
from tests.e2e.support.routes import ABSENT, OWNED
from tests.e2e.support.sending import publish

MALFORMED = ["x", "0", "-1", "null", "%20", "%00", "%F0%9F%94%A5", "'--", "%25", "a" * 2000]
MALFORMED += [ABSENT[:-1], ABSENT + "0", ABSENT.replace("0", "g", 1)]


def request(person: Person, method: str, path: str, id_: str, body: Any) -> httpx.Response:
    """A request that is right in form."""
    return person.http.request(method, path.format(id=id_), json=body)


@pytest.fixture(scope="module", autouse=True)
def _links_allowed(superadmin: Person) -> Iterator[None]:
    with basic_with(superadmin, temporary_links=True):
        yield


@pytest.fixture(scope="module")
def anas(ana: Person, _links_allowed: None) -> dict[str, str]:
    """Something of Ana's for each kind of route, by its id or its name."""
    file = publish(ana, png())
    developed(ana, file)
    link, bucket = link_to(ana, file)["id"], make(ana)
    return {"files": file["id"], "images": file["id"], "links": link, "buckets": bucket}


@pytest.mark.parametrize("id_", [*MALFORMED, ABSENT, "5f0c3f0e-94a4-4a53-8f5f-0d6f3f9b1c11"])
@pytest.mark.parametrize(("method", "path", "body"), OWNED)
def test_an_id_that_is_none_or_that_nobody_has_is_a_404(
    ana: Person, method: str, path: str, body: Any, id_: str
) -> None:
    expect_problem(request(ana, method, path, id_, body), 404)


@pytest.mark.parametrize("who", ["bob", "superadmin"])
@pytest.mark.parametrize(("method", "path", "body"), OWNED[1:])
def test_what_is_somebody_elses_looks_as_if_it_were_absent(
    anas: dict[str, str], bob: Person, superadmin: Person,
    method: str, path: str, body: Any, who: str,
) -> None:  # fmt: skip
    person = {"bob": bob, "superadmin": superadmin}[who]
    ids = (anas[path.split("/")[2]], ABSENT)
    told = []
    for id_ in ids:
        answer = request(person, method, path, id_, body)
        told.append(expect_problem(answer, 404) | {"request_id": ""})
    assert str(told[0]).replace(ids[0], "") == str(told[1]).replace(ids[1], "")


def test_nobody_makes_a_link_to_what_is_somebody_elses(anas: dict[str, str], bob: Person) -> None:
    method, path, body = OWNED[0]
    theirs, absent = (request(bob, method, path, id_, body) for id_ in (anas["files"], ABSENT))
    told = [expect_problem(answer, 404) | {"request_id": ""} for answer in (theirs, absent)]
    assert told[0] == told[1]
