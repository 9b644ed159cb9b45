"""GET /v1/files."""

from urllib.parse import quote

import pytest

from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.people import Person, register
from tests.e2e.support.sending import Json, publish, publish_all
from tests.e2e.support.shapes import FILE, assert_shape

PATH = "/v1/files"
NAMES = [
    "report 2025.pdf", "Report 2026.pdf", "100% sure.txt", "100 percent.txt", "under_score.txt",
    "underXscore.txt", "\u00c9clair.txt", "%wild", "_wild", "my report.pdf", "'quoted'", "0",
]  # fmt: skip


@pytest.fixture(scope="module")
def clerk(base_url: str) -> Person:
    """Somebody whose files have the names above, the oldest first; every third is a PDF by type."""
    person = register(base_url)
    for number, name in enumerate(NAMES):
        kind = "application/pdf" if number % 3 == 0 else "text/plain"
        publish(person, b"%d" % number, file_name=name, content_type=kind)
    return person


def names(person: Person, **query: str | int) -> list[str]:
    """The names that a query finds, in their order."""
    answer = person.http.get(PATH, params=query)
    assert answer.status_code == 200
    return [item["file_name"] for item in answer.json()["items"]]


def listed(person: Person) -> list[Json]:
    """All files, newest first."""
    items: list[Json] = person.http.get(PATH, params={"limit": 200}).json()["items"]
    return items


def test_files_are_listed_newest_first(clerk: Person) -> None:
    answer = clerk.http.get(PATH).json()
    assert answer.keys() == {"items", "next_cursor"}
    assert [item["file_name"] for item in answer["items"]] == NAMES[::-1]
    assert answer["next_cursor"] is None
    for item in answer["items"]:
        assert_shape(item, FILE, "image")


def test_a_listed_file_is_the_file(clerk: Person) -> None:
    item = listed(clerk)[3]
    assert clerk.http.get(f"{PATH}/{item['id']}").json() == item


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("report", ["Report 2026.pdf", "report 2025.pdf"]),
        ("REPORT 2026", ["Report 2026.pdf"]),
        ("100", ["100 percent.txt", "100% sure.txt"]),
        ("100%", ["100% sure.txt"]),
        ("%", ["%wild"]),
        ("_", ["_wild"]),
        ("under_", ["under_score.txt"]),
        ("underx", ["underXscore.txt"]),
        ("\u00e9CLAIR", ["\u00c9clair.txt"]),
        ("'", ["'quoted'"]),
        ("eport", []),
        ("pdf", []),
        ("\\", []),
        ("100\\%", []),
        ("*", []),
        (".*", []),
        ("'; DROP TABLE files; --", []),
        ("n" * 255, []),
    ],
    ids=ascii,
)
def test_a_name_is_found_by_its_literal_prefix(
    clerk: Person, prefix: str, found: list[str]
) -> None:
    assert names(clerk, name=prefix) == found


def test_a_content_type_is_found_by_its_prefix(clerk: Person) -> None:
    assert names(clerk, content_type="Application/P") == NAMES[::3][::-1]
    assert names(clerk, content_type="text/") == [
        name for number, name in reversed(list(enumerate(NAMES))) if number % 3
    ]
    assert names(clerk, content_type="plain") == []


def test_a_bucket_filters(clerk: Person) -> None:
    assert names(clerk, bucket="default") == NAMES[::-1]
    unknown = clerk.http.get(PATH, params={"bucket": "nobodys"})
    assert unknown.status_code in {200, 404, 422}
    assert unknown.json().get("items", []) == []


def test_after_is_inclusive_and_before_exclusive(clerk: Person) -> None:
    middle = listed(clerk)[5]
    later = names(clerk, created_after=middle["created_at"])
    earlier = names(clerk, created_before=middle["created_at"])
    assert middle["file_name"] in later
    assert middle["file_name"] not in earlier
    assert NAMES[-1] in later
    assert names(clerk, created_before="2020-01-01T00:00:00Z") == []
    assert names(clerk, created_after="2020-01-01T00:00:00Z") == NAMES[::-1]


def test_filters_hold_together(clerk: Person) -> None:
    found = names(clerk, name="report", content_type="application/pdf", bucket="default")
    assert found == ["report 2025.pdf"]


@pytest.mark.parametrize("field", ["created_after", "created_before"])
@pytest.mark.parametrize("value", ["", "yesterday", "2026-13-01T00:00:00Z", "9" * 30, "NaN"])
def test_a_time_that_is_none_is_refused(ana: Person, field: str, value: str) -> None:
    expect_problem(ana.http.get(PATH, params={field: value}), {400, 422})


@pytest.mark.parametrize("field", ["name", "content_type", "bucket", "cursor"])
def test_bytes_that_no_text_has_break_nothing(ana: Person, field: str) -> None:
    for value in ("%00", "%FF%FE", "%ED%A0%80"):
        answer = ana.http.get(f"{PATH}?{field}={value}")
        assert answer.status_code in {200, 400, 404, 422}


def test_pages_follow_each_other(clerk: Person) -> None:
    pages, cursor = [], None
    for _ in range(20):
        query = {"limit": "5"} | ({"cursor": cursor} if cursor else {})
        page = clerk.http.get(PATH, params=query).json()
        pages.append([item["file_name"] for item in page["items"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert pages == [NAMES[::-1][:5], NAMES[::-1][5:10], NAMES[::-1][10:]]


def test_a_cursor_keeps_its_place_among_filters(clerk: Person) -> None:
    query = {"content_type": "text/plain", "limit": "3"}
    first = clerk.http.get(PATH, params=query).json()
    second = clerk.http.get(PATH, params=query | {"cursor": first["next_cursor"]}).json()
    both = [item["file_name"] for item in first["items"] + second["items"]]
    assert both == names(clerk, content_type="text/plain")[:6]


def test_pages_neither_repeat_nor_skip_while_files_are_added(newcomer: Person) -> None:
    publish_all(newcomer, [({"file_name": str(number)}, b"") for number in range(5)])
    first = newcomer.http.get(PATH, params={"limit": 2}).json()
    publish_all(newcomer, [({"file_name": "late"}, b"")] * 3)
    query = {"limit": "200", "cursor": first["next_cursor"]}
    rest = newcomer.http.get(PATH, params=query).json()
    seen = [item["file_name"] for item in first["items"] + rest["items"]]
    assert sorted(seen) == ["0", "1", "2", "3", "4"]
    assert rest["next_cursor"] is None


def test_a_page_that_is_just_full_is_the_last(clerk: Person) -> None:
    page = clerk.http.get(PATH, params={"limit": len(NAMES)}).json()
    if page["next_cursor"] is not None:
        query = {"cursor": page["next_cursor"]}
        assert clerk.http.get(PATH, params=query).json()["items"] == []


def test_a_strangers_cursor_shows_nothing_of_his(clerk: Person, newcomer: Person) -> None:
    cursor = clerk.http.get(PATH, params={"limit": 2}).json()["next_cursor"]
    answer = newcomer.http.get(PATH, params={"cursor": cursor})
    assert answer.status_code in {200, 400, 422}
    assert answer.json().get("items", []) == []


def test_nobody_sees_the_files_of_others(clerk: Person, newcomer: Person, bob: Person) -> None:
    assert listed(newcomer) == []
    for name in NAMES:
        assert clerk.user["id"] not in bob.http.get(f"{PATH}?name={quote(name)}").text


def test_the_superadmin_sees_only_his_own(clerk: Person, superadmin: Person) -> None:
    file = listed(clerk)[0]
    expect_problem(superadmin.http.get(f"{PATH}/{file['id']}"), 404)
    assert clerk.user["id"] not in superadmin.http.get(PATH, params={"limit": 200}).text
