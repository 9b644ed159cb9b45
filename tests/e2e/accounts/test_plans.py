"""GET /v1/plans: the three plans that are built in."""

import pytest

from tests.e2e.support.people import Person
from tests.e2e.support.sending import GIB
from tests.e2e.support.shapes import PLAN, assert_shape

TIB = 1024 * GIB
# thumbnail heights, original link, temporary links, file size, quota, buckets
BUILT_IN = {
    "basic": ([200], False, False, 5 * GIB, 15 * GIB, 3),
    "premium": ([200, 400], True, False, 50 * GIB, TIB, 10),
    "enterprise": ([200, 400], True, True, 5 * TIB, 50 * TIB, 50),
}
FIELDS = [
    "thumbnail_heights", "original_link", "temporary_links", "max_file_size", "storage_quota",
    "max_buckets",
]  # fmt: skip


def test_plans_come_as_a_list(ana: Person) -> None:
    answer = ana.http.get("/v1/plans")
    assert answer.status_code == 200
    assert answer.json().keys() == {"items", "next_cursor"}
    for plan in answer.json()["items"]:
        assert_shape(plan, PLAN)


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_plan_allows_what_the_contract_says(ana: Person, name: str) -> None:
    plans = {plan["name"]: plan for plan in ana.http.get("/v1/plans").json()["items"]}
    assert tuple(plans[name][field] for field in FIELDS) == BUILT_IN[name]


def test_plans_come_in_pages_too(ana: Person) -> None:
    names, cursor = [], None
    for _ in range(10):
        query = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
        page = ana.http.get("/v1/plans", params=query).json()
        names += [plan["name"] for plan in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(names) == sorted(set(names))
    assert set(names) >= BUILT_IN.keys()
