"""POST and PATCH of /v1/plans: bodies that are wrong, and who is told so."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.support.clients import raw_json
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.once import BAD_KEYS, post_once
from tests.e2e.support.people import Person
from tests.e2e.support.plans import ALLOWED, BASIC, PLANS, change, plan_body, plans, remove
from tests.e2e.support.sending import Json

NO_FLAG: list[Any] = [None, 0, 1, 1.0, "true", "yes", "", [], {}]
NO_COUNT: list[Any] = [None, -1, 1.5, "5", "", True, [], [5], {}, 2**63, 2**70, 10**400]
NO_HEIGHTS: list[Any] = [None, 200, "200", True, {}, ["200"], [None], [True], [[200]], [200.5]]
NO_HEIGHTS += [[0], [-1], [200, 0], [10**9], [2**70], list(range(1, 5000))]
WRONG = [
    *(("thumbnail_heights", value) for value in NO_HEIGHTS),
    *((name, value) for name in ("original_link", "temporary_links") for value in NO_FLAG),
    *((name, value) for name in ("max_file_size", "storage_quota") for value in NO_COUNT),
    *(("max_buckets", value) for value in NO_COUNT),
]
NO_NAMES: list[Any] = [None, 7, True, [], {}, "", " ", "a/b", ".."]
NO_NAMES += ["a\nb", "a\x00b", "n" * 300, "\u202ea"]
BROKEN = [("{broken", "application/json"), ("{}", "text/plain"), ('{"surprise": 1}', "x/y")]


@pytest.fixture(scope="module")
def still(superadmin: Person) -> Iterator[Json]:
    """A plan that only what is wrong would change."""
    body = plan_body()
    assert superadmin.http.post(PLANS, json=body).status_code == 201
    yield body
    remove(superadmin, body["name"])


@pytest.mark.parametrize("text", [text for text, _ in BROKEN])
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
@pytest.mark.parametrize(("method", "path"), [("POST", PLANS), ("PATCH", BASIC)])
def test_who_is_no_superadmin_is_refused_before_the_form_is_judged(
    ana: Person, method: str, path: str, text: str, kind: str
) -> None:
    answer = ana.http.request(method, path, **raw_json(text, kind))
    expect_problem(answer, 403, "forbidden")


@pytest.mark.parametrize(("text", "kind"), BROKEN)
@pytest.mark.parametrize(("method", "path"), [("POST", PLANS), ("PATCH", f"{PLANS}/nobodys")])
def test_the_form_is_judged_before_the_plan_is_looked_for(
    superadmin: Person, method: str, path: str, text: str, kind: str
) -> None:
    status = 400 if kind == "application/json" else 415
    expect_problem(superadmin.http.request(method, path, **raw_json(text, kind)), status)
    expect_invalid(superadmin.http.request(method, path, json={"surprise": 1}), "/surprise")


@pytest.mark.parametrize(("field", "value"), WRONG, ids=lambda value: repr(value)[:30])
def test_a_wrong_value_is_named_and_changes_nothing(
    superadmin: Person, still: Json, field: str, value: Any
) -> None:
    expect_invalid(superadmin.http.post(PLANS, json=plan_body(**{field: value})), f"/{field}")
    expect_invalid(change(superadmin, still["name"], **{field: value}), f"/{field}")
    assert plans(superadmin)[still["name"]] == still


@pytest.mark.parametrize("name", NO_NAMES, ids=ascii)
def test_what_is_no_name_is_refused(superadmin: Person, name: Any) -> None:
    expect_invalid(superadmin.http.post(PLANS, json=plan_body(name=name)), "/name")


@pytest.mark.parametrize("field", ["name", *ALLOWED])
def test_a_missing_field_is_named(superadmin: Person, field: str) -> None:
    body = plan_body()
    del body[field]
    expect_invalid(superadmin.http.post(PLANS, json=body), f"/{field}")


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_what_is_no_key_is_refused(superadmin: Person, key: str | bytes) -> None:
    body = plan_body()
    expect_problem(post_once(superadmin, key, body, PLANS), {400, 422})
    assert body["name"] not in plans(superadmin)
