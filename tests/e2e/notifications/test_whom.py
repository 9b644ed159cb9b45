"""Who is told of a change: admins and superadmins who are so when it is made, and nobody else."""

import httpx
import pytest

from tests.e2e.support.catalog import (
    NOTIFICATIONS,
    Hire,
    all_told,
    make,
    notices,
    told,
)
from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.people import Person, again, register
from tests.e2e.support.users import changed, removed


def heard(person: Person, sku: str) -> int:
    """How often somebody was told; who may not even ask was told nothing."""
    answer = person.http.get(NOTIFICATIONS)
    return 0 if answer.status_code == 403 else len(notices(person, sku))


def test_all_superadmins_and_admins_are_told(
    hire: Hire, editor: Person, superadmin: Person
) -> None:
    listeners = [hire(role) for role in ("superadmin", "admin")]
    sku = make(editor)["sku"]
    for listener in [*listeners, superadmin]:
        assert len(told(listener, sku)) == 1


def test_admins_are_told_what_a_superadmin_did(editor: Person, superadmin: Person) -> None:
    sku = make(superadmin)["sku"]
    assert told(editor, sku)[0]["changed_by"] == superadmin.user["id"]
    all_told(superadmin, editor)
    assert notices(superadmin, sku) == []


def test_users_are_told_nothing(editor: Person, colleague: Person, ana: Person) -> None:
    sku = make(editor)["sku"]
    told(colleague, sku)
    assert heard(ana, sku) == 0


def test_a_disabled_admin_is_told_nothing(
    base_url: str, hire: Hire, editor: Person, colleague: Person, superadmin: Person
) -> None:
    away = hire()
    changed(superadmin, away.user, active=False)
    sku = make(editor)["sku"]
    told(colleague, sku)
    changed(superadmin, away.user, active=True)
    back = again(base_url, away)
    all_told(editor, colleague, back)
    assert notices(back, sku) == []


def test_who_is_no_admin_any_more_is_told_nothing(
    base_url: str, hire: Hire, editor: Person, superadmin: Person
) -> None:
    former = hire()
    before = make(editor)["sku"]
    told(former, before)
    changed(superadmin, former.user, role="user")
    during = make(editor)["sku"]
    told(superadmin, during)
    changed(superadmin, former.user, role="admin")
    back = again(base_url, former)
    all_told(editor, back)
    assert (len(notices(back, before)), len(notices(back, during))) == (1, 0)


def test_who_becomes_an_admin_is_told_from_then_on(
    base_url: str, editor: Person, colleague: Person, superadmin: Person
) -> None:
    person = register(base_url)
    before = make(editor)["sku"]
    told(colleague, before)
    changed(superadmin, person.user, role="admin")
    admin = again(base_url, person)
    after = make(editor)["sku"]
    assert len(told(admin, after)) == 1
    assert notices(admin, before) == []
    changed(superadmin, person.user, role="user")


def test_a_deleted_admin_hinders_nobodys_news(
    hire: Hire, editor: Person, colleague: Person, superadmin: Person
) -> None:
    gone = hire()
    removed(superadmin, gone.user)
    sku = make(editor)["sku"]
    assert len(told(colleague, sku)) == 1
    expect_problem(gone.http.get(NOTIFICATIONS), 401)


def test_what_a_deleted_admin_did_stays_told(
    hire: Hire, colleague: Person, superadmin: Person
) -> None:
    gone = hire()
    sku = make(gone)["sku"]
    told(colleague, sku)
    removed(superadmin, gone.user)
    assert [notice["changed_by"] for notice in notices(colleague, sku)] == [gone.user["id"]]
    assert colleague.http.get(f"/v1/products/{sku}").json()["created_by"] == gone.user["id"]


@pytest.mark.parametrize("path", [NOTIFICATIONS, f"{NOTIFICATIONS}?limit=1"])
def test_who_is_nobody_is_told_nothing(anonymous: httpx.Client, path: str) -> None:
    expect_problem(anonymous.get(path), 401)
