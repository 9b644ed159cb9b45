"""Plans, and the one that everybody who registers is on, changed for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx

from tests.e2e.support.conventions import describe
from tests.e2e.support.people import Person
from tests.e2e.support.sending import GIB, Json

PLANS = "/v1/plans"
BASIC = f"{PLANS}/basic"
# What a plan may allow, beside its name.
ALLOWED: Json = {
    "thumbnail_heights": [200, 400], "original_link": True, "temporary_links": False,
    "max_file_size": GIB, "storage_quota": 2 * GIB, "max_buckets": 5,
}  # fmt: skip


def plan_body(**changes: Any) -> Json:
    """A new plan that nobody has yet, with some of its fields changed."""
    return {"name": f"p{uuid4().hex[:10]}"} | ALLOWED | changes


def plans(person: Person) -> dict[str, Json]:
    """All plans by their names."""
    answer = person.http.get(PLANS, params={"limit": 200})
    assert answer.status_code == 200, describe(answer)
    return {plan["name"]: plan for plan in answer.json()["items"]}


def change(superadmin: Person, name: str, /, **changes: Any) -> httpx.Response:
    """Ask for other fields of a plan, whatever comes of it."""
    return superadmin.http.patch(f"{PLANS}/{name}", json=changes)


def remove(superadmin: Person, name: str) -> httpx.Response:
    """Delete a plan, whatever comes of it."""
    return superadmin.http.delete(f"{PLANS}/{name}")


@contextmanager
def basic_with(superadmin: Person, **changes: Any) -> Iterator[None]:
    """The plan `basic` allows something else during the block; the tests after it find it whole."""
    before = plans(superadmin)["basic"]
    answer = change(superadmin, "basic", **changes)
    try:
        assert answer.status_code == 200, describe(answer)
        yield
    finally:
        restored = change(superadmin, "basic", **{name: before[name] for name in changes})
        assert restored.json() == before, describe(restored)
