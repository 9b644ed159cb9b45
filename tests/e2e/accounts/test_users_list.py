"""GET /v1/users: who is listed, in what order, by which filters, in what pages."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.people import Person, keep_awake
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.sending import Json
from tests.e2e.support.shapes import USER, assert_shape
from tests.e2e.support.users import USERS, add, changed, found, removed

# What follows the crowd's own prefix in their e-mails, their roles and their plans; oldest first.
CROWD = [
    ("a_b", "user", "basic"), ("aXb", "user", "premium"), ("a%b", "admin", "basic"),
    ("A_c", "user", "enterprise"), ("o'x", "user", "basic"), ("z+1", "admin", "premium"),
    ("Zoe.Q", "user", "premium"),
]  # fmt: skip
NAMES = [name for name, _, _ in CROWD]


@pytest.fixture(scope="module")
def prefix() -> str:
    """How the e-mails of the crowd begin, and nobody else's."""
    return f"Crowd-{uuid4().hex[:12]}-"


@pytest.fixture(scope="module", autouse=True)
def crowd(base_url: str, superadmin: Person, prefix: str) -> Iterator[list[Json]]:
    """The people above, the oldest first."""
    keep_awake(base_url, superadmin)
    people = [
        add(superadmin, email=f"{prefix}{name}@example.com", role=role, plan=plan)
        for name, role, plan in CROWD
    ]
    yield people
    for user in people:
        removed(superadmin, user)


def names(reader: Person, prefix: str, rest: str = "", **query: str | int) -> list[str]:
    """What a query finds of the crowd, in its order."""
    items = found(reader, email=prefix + rest, **query)
    return [item["email"].removeprefix(prefix).split("@")[0] for item in items]


def test_users_are_listed_newest_first(admin: Person, prefix: str, crowd: list[Json]) -> None:
    answer = admin.http.get(USERS, params={"email": prefix})
    assert answer.status_code == 200
    assert answer.json() == {"items": crowd[::-1], "next_cursor": None}
    for item in answer.json()["items"]:
        assert_shape(item, USER)


def test_the_list_of_everybody_is_in_order_too(superadmin: Person, crowd: list[Json]) -> None:
    times = [user["created_at"] for user in found(superadmin)]
    assert times == sorted(times, reverse=True)
    assert len(times) >= len(crowd)


def test_admin_and_superadmin_see_the_same(admin: Person, superadmin: Person, prefix: str) -> None:
    assert found(admin, email=prefix) == found(superadmin, email=prefix)


def test_people_who_registered_are_listed_as_those_who_were_made(
    admin: Person, newcomer: Person
) -> None:
    assert found(admin, email=newcomer.email) == [newcomer.user]


@pytest.mark.parametrize("rest", ["", "a_", "zOE.q@EXAMPLE"])
def test_a_user_is_no_reader(ana: Person, prefix: str, rest: str) -> None:
    answer = ana.http.get(USERS, params={"email": prefix + rest})
    expect_problem(answer, 403, "forbidden")
    assert "example.com" not in answer.text


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("a_", ["A_c", "a_b"]),
        ("A_B", ["a_b"]),
        ("ax", ["aXb"]),
        ("a%", ["a%b"]),
        ("o'", ["o'x"]),
        ("z", ["Zoe.Q", "z+1"]),
        ("z+", ["z+1"]),
        ("ZOE.q@example.com", ["Zoe.Q"]),
        ("zoe_", []),
        ("%", []),
        ("_", []),
        ("a\\_", []),
        ("\\", []),
        ("*", []),
        (".", []),
        ("oe", []),
        ("a_b@example.com ", []),
        ("o''", []),
        ("o' OR 'a'='a", []),
        ("n" * 200, []),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_an_email_is_found_by_its_literal_prefix(
    admin: Person, prefix: str, rest: str, expected: list[str]
) -> None:
    assert names(admin, prefix, rest) == expected


@pytest.mark.parametrize("write", [str.upper, str.lower, str.swapcase], ids=["A", "a", "aA"])
def test_case_makes_no_difference(admin: Person, prefix: str, write: "type[str]") -> None:
    query = write(prefix)
    assert [user["email"] for user in found(admin, email=query)] == [
        f"{prefix}{name}@example.com" for name in reversed(NAMES)
    ]


def test_a_part_that_is_no_prefix_finds_nobody(admin: Person, prefix: str) -> None:
    assert found(admin, email=prefix[1:]) == []
    assert found(admin, email=f"_{prefix[1:]}") == []
    assert found(admin, email=f"%{prefix}") == []


@pytest.mark.parametrize("field", ["role", "plan"])
@pytest.mark.parametrize(
    "value", ["user", "admin", "adm", "ADMIN", "superadmin", "basic", "PREM", "premium", "e", "x"]
)
def test_role_and_plan_are_found_by_their_prefix(
    admin: Person, prefix: str, crowd: list[Json], field: str, value: str
) -> None:
    expected = [user for user in crowd[::-1] if user[field].startswith(value.lower())]
    assert found(admin, **{"email": prefix, field: value}) == expected


@pytest.mark.parametrize("value", ["_ser", "%", "a%", "_", "\\", "user ", "dmin", "remium", "'"])
def test_wildcards_of_role_and_plan_are_literal(admin: Person, prefix: str, value: str) -> None:
    for field in ("role", "plan"):
        answer = admin.http.get(USERS, params={"email": prefix, field: value})
        assert answer.status_code in {200, 422}
        assert answer.json().get("items", []) == []


def test_filters_hold_together(admin: Person, prefix: str) -> None:
    assert names(admin, prefix, role="user", plan="premium") == ["Zoe.Q", "aXb"]
    assert names(admin, prefix, "z", role="user", plan="premium") == ["Zoe.Q"]
    assert names(admin, prefix, "z", role="admin", plan="basic") == []


def test_an_empty_filter_leaves_nobody_out(admin: Person, prefix: str, crowd: list[Json]) -> None:
    assert found(admin, email=prefix, role="", plan="") == crowd[::-1]


def test_a_change_moves_a_user_from_one_filter_to_another(
    admin: Person, superadmin: Person, prefix: str, crowd: list[Json]
) -> None:
    moved = changed(superadmin, crowd[0], role="admin", plan="enterprise")
    assert names(admin, prefix, role="admin") == ["z+1", "a%b", "a_b"]
    assert names(admin, prefix, plan="enterprise") == ["A_c", "a_b"]
    assert found(admin, email=prefix)[-1] == moved
    changed(superadmin, crowd[0], role="user", plan="basic")
    assert names(admin, prefix, role="admin") == ["z+1", "a%b"]


def test_who_is_deactivated_stays_in_the_list_and_who_is_deleted_leaves_it(
    superadmin: Person, admin: Person
) -> None:
    user = add(superadmin)
    changed(superadmin, user, active=False)
    assert found(admin, email=user["email"]) == [user | {"active": False}]
    removed(superadmin, user)
    assert found(admin, email=user["email"]) == []


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_follow_each_other(admin: Person, prefix: str, crowd: list[Json], size: int) -> None:
    assert [user for page in pages(admin, prefix, size) for user in page] == crowd[::-1]


def pages(reader: Person, prefix: str, size: int) -> list[list[Json]]:
    """All pages of the crowd."""
    query: dict[str, str | int] = {"email": prefix, "limit": size}
    seen = []
    for _ in range(20):
        page = reader.http.get(USERS, params=query).json()
        assert len(page["items"]) <= size
        seen.append(page["items"])
        if page["next_cursor"] is None:
            return seen
        query["cursor"] = page["next_cursor"]
    pytest.fail(f"no end after 20 pages: {seen}")


def test_pages_neither_repeat_nor_skip_while_users_are_added(
    admin: Person, superadmin: Person, prefix: str, crowd: list[Json]
) -> None:
    query: dict[str, str | int] = {"email": prefix, "limit": 3}
    seen, late = [], []
    for number in range(3):
        page = admin.http.get(USERS, params=query).json()
        seen += page["items"]
        late.append(add(superadmin, email=f"{prefix}late{number}@example.com"))
        query["cursor"] = page["next_cursor"]
    for user in late:
        removed(superadmin, user)
    assert seen == crowd[::-1]
    assert query["cursor"] is None


def test_a_page_has_50_unless_asked_otherwise(admin: Person) -> None:
    everybody, page = found(admin), admin.http.get(USERS).json()["items"]
    assert len(page) == min(50, len(everybody))


@pytest.mark.parametrize("limit", ["0", "-1", "201", "x", "1.5", "1e1", "true", "9" * 30, "", "٣x"])
def test_a_limit_is_1_to_200(admin: Person, limit: str) -> None:
    expect_problem(admin.http.get(USERS, params={"limit": limit}), {400, 422})


@pytest.mark.parametrize(
    "cursor", ["x", "e30", "bnVsbA", "W10", "'; --", "\x00", "é", ABSENT, "A" * 4000, "{}", "=="]
)
def test_a_cursor_that_was_never_given_is_refused(admin: Person, cursor: str) -> None:
    expect_problem(admin.http.get(USERS, params={"cursor": cursor}), {400, 422})


def test_a_users_list_is_kept_by_no_cache(admin: Person) -> None:
    answer = admin.http.get(USERS, params={"limit": 1})
    assert "no-store" in answer.headers["cache-control"]
    assert not any(word in answer.text for word in ("password", "hash", "argon", "version"))
