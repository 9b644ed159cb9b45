"""GET /v1/files/{id}/links."""

from tests.e2e.support.linking import link_to, links_of, listed
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json
from tests.e2e.support.shapes import LINK, assert_shape


def test_links_are_listed_newest_first_and_without_their_tokens(sharer: Person, own: Json) -> None:
    made = [link_to(sharer, own, max_downloads=number) for number in (1, 2, 3)]
    answer = sharer.http.get(links_of(own))
    assert answer.json().keys() == {"items", "next_cursor"}
    assert answer.json()["next_cursor"] is None
    items = answer.json()["items"]
    assert items == [{name: link[name] for name in LINK} for link in made[::-1]]
    for item, link in zip(items, made[::-1], strict=True):
        assert_shape(item, LINK)
        assert link["token"] not in answer.text
    assert sharer.http.get(f"/v1/files/{own['id']}").text.find(made[0]["token"]) == -1


def test_a_file_without_links_has_an_empty_list(sharer: Person, own: Json, file: Json) -> None:
    link_to(sharer, file)
    assert listed(sharer, own) == []


def test_pages_follow_each_other(sharer: Person, own: Json) -> None:
    made = [link_to(sharer, own)["id"] for _ in range(5)]
    pages, cursor = [], None
    for _ in range(10):
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = sharer.http.get(links_of(own), params=query).json()
        pages.append([item["id"] for item in page["items"]])
        cursor = page["next_cursor"]
        link_to(sharer, own)
        if cursor is None:
            break
    assert [link for page in pages for link in page] == made[::-1]


def test_a_cursor_of_another_file_shows_nothing_of_it(
    sharer: Person, own: Json, file: Json
) -> None:
    for _ in range(2):
        link_to(sharer, file)
    cursor = sharer.http.get(links_of(file), params={"limit": 1}).json()["next_cursor"]
    answer = sharer.http.get(links_of(own), params={"cursor": cursor})
    assert answer.status_code in {200, 400, 422}
    assert answer.json().get("items", []) == []
