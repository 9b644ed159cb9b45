"""GET /v1/users/{id}: anybody, for those who may read users."""

import pytest

from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.sending import Json
from tests.e2e.support.shapes import USER, assert_shape
from tests.e2e.support.users import USERS, add, changed, found, look, path_of, removed

MALFORMED = ["x", "0", "-1", "null", "%20", "%00", "%F0%9F%94%A5", "'--", "1e400", "%25", "..;"]
MALFORMED += ["ME", "me%00", "%ED%A0%80", "a" * 2000, "' OR '1'='1", "{}"]
MALFORMED += [ABSENT[:-1], ABSENT + "0", ABSENT.replace("0", "g", 1), f"{ABSENT}%20"]
UNKNOWN = [ABSENT, "5f0c3f0e-94a4-4a53-8f5f-0d6f3f9b1c11", "00000000-0000-0000-0000-000000000000"]
UNKNOWN += ["ffffffff-ffff-ffff-ffff-ffffffffffff"]


def test_a_user_is_read_as_he_reads_himself(reader: Person, ana: Person) -> None:
    answer = reader.http.get(path_of(ana.user))
    assert answer.status_code == 200
    assert_shape(answer.json(), USER)
    assert answer.json() == ana.user == ana.http.get(f"{USERS}/me").json()
    assert "no-store" in answer.headers["cache-control"]


def test_one_reads_oneself_by_ones_id(reader: Person) -> None:
    assert look(reader, reader.user) == reader.user == reader.http.get(f"{USERS}/me").json()


def test_an_admin_reads_a_superadmin(admin: Person, superadmin: Person) -> None:
    assert look(admin, superadmin.user) == superadmin.user


def test_a_listed_user_is_the_user(admin: Person, bob: Person) -> None:
    assert found(admin, email=bob.email) == [look(admin, bob.user)]


def test_an_answer_says_nothing_of_the_password(superadmin: Person, admin: Person) -> None:
    user = add(superadmin, password="a hammer and tongs")
    said = admin.http.get(path_of(user)).text
    assert not any(word in said for word in ("a hammer", "password", "hash", "argon", "version"))


@pytest.mark.parametrize("id_", [*MALFORMED, *UNKNOWN], ids=lambda id_: ascii(id_)[:40])
def test_an_id_that_is_none_or_that_nobody_has_is_a_404(admin: Person, id_: str) -> None:
    expect_problem(admin.http.get(f"{USERS}/{id_}"), 404)


@pytest.mark.parametrize("spelt", ["{{{}}}", "urn:uuid:{}", "{}%0A", "%20{}"])
def test_an_id_in_another_spelling_is_none(admin: Person, bob: Person, spelt: str) -> None:
    expect_problem(admin.http.get(f"{USERS}/{spelt.format(bob.user['id'])}"), 404)
    bare = bob.user["id"].replace("-", "")
    expect_problem(admin.http.get(f"{USERS}/{bare}"), 404)


def test_who_is_deactivated_can_be_read(superadmin: Person, admin: Person) -> None:
    user = add(superadmin)
    changed(superadmin, user, active=False)
    assert look(admin, user) == user | {"active": False}


def test_who_is_deleted_looks_as_if_he_had_never_been(superadmin: Person, admin: Person) -> None:
    user = add(superadmin)
    assert look(admin, user) == user
    removed(superadmin, user)
    gone, absent = (admin.http.get(path_of(each)) for each in (user, {"id": ABSENT}))
    told = [expect_problem(answer, 404) | {"request_id": ""} for answer in (gone, absent)]
    assert str(told[0]).replace(user["id"], "") == str(told[1]).replace(ABSENT, "")
    assert user["email"] not in gone.text


@pytest.mark.parametrize("id_", ["x", ABSENT, "%00"])
def test_a_user_is_not_told_whom_there_is(ana: Person, bob: Person, id_: str) -> None:
    paths = [f"{USERS}/{id_}", path_of(bob.user), path_of(ana.user)]
    answers = [expect_problem(ana.http.get(path), 403, "forbidden") for path in paths]
    told = [answer | {"request_id": ""} for answer in answers]
    assert told[0] == told[1] == told[2]


def test_a_header_makes_no_deletion_of_a_read(superadmin: Person, admin: Person) -> None:
    user: Json = add(superadmin)
    for name in ("x-http-method-override", "x-method-override", "x-http-method"):
        answer = superadmin.http.get(path_of(user), headers={name: "DELETE"})
        assert answer.json() == user
    assert look(admin, user) == user
