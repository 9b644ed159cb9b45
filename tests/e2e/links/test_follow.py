"""GET /l/{token}: what anybody gets who has the link."""

import httpx

from tests.e2e.support.buckets import make
from tests.e2e.support.clients import client, store
from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.disposition import parse
from tests.e2e.support.linking import (
    downloads,
    fetch,
    follow,
    link_to,
    listed,
    presigned_seconds,
    revoke,
)
from tests.e2e.support.names import GOOD_NAMES
from tests.e2e.support.people import Person
from tests.e2e.support.pictures import png
from tests.e2e.support.sending import Json, publish, publish_all
from tests.e2e.support.shapes import seconds_from_now

NAMES = ["accents, composed", "emoji with joiners", "right-to-left override", "double quotes"]
NAMES += ["semicolons, equals", "percent signs", "255 emoji"]
# What a browser would run or show.
ACTIVE: list[tuple[Json, bytes]] = [
    ({"content_type": "text/html"}, b"<!doctype html><script>alert(1)</script>"),
    ({"content_type": "image/svg+xml"}, b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
    ({"content_type": "image/png"}, b"<html><script>alert(1)</script></html>"),
    ({"content_type": "image/png"}, png()),
]
ROBOTS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Twitterbot/1.0",
    "TelegramBot (like TwitterBot)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; +http://www.linkedin.com)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "some-crawler/0.1",
]
PEOPLE = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    # A make of telephones.
    "Mozilla/5.0 (Linux; Android 9; CUBOT X19 Build/PPR1) AppleWebKit/537.36 Chrome/96.0 Mobile",
    "curl/8.9.1",
    "Wget/1.24.5",
    "",
    "\xe9\xff",
]


def test_a_link_redirects_anybody_to_the_bytes(
    sharer: Person, file: Json, anonymous: httpx.Client
) -> None:
    answer = follow(anonymous, link_to(sharer, file))
    assert answer.status_code == 302
    found = store().get(answer.headers["location"])
    assert (found.status_code, found.content) == (200, b"bytes for whom they are meant")
    assert parse(found.headers["content-disposition"]) == ("attachment", "for a friend.txt")
    assert found.headers["content-type"].startswith("text/plain")


def test_the_redirect_lives_a_minute_at_most_and_in_no_cache(
    sharer: Person, file: Json, anonymous: httpx.Client
) -> None:
    link = link_to(sharer, file)
    answer = follow(anonymous, link)
    assert 0 < presigned_seconds(answer) <= 60
    assert "no-store" in answer.headers["cache-control"]
    assert "set-cookie" not in answer.headers
    assert link["token"] not in answer.headers["location"]
    assert sharer.email not in answer.headers["location"]


def test_a_link_can_be_followed_until_its_end(
    sharer: Person, file: Json, anonymous: httpx.Client
) -> None:
    link = link_to(sharer, file, expires_in=60)
    for count in range(3):
        assert downloads(sharer, file, link) == count
        assert fetch(anonymous, link).content == b"bytes for whom they are meant"
    assert seconds_from_now(link["expires_at"]) > 0
    unchanged = {name: value for name, value in link.items() if name not in {"token", "url"}}
    assert unchanged | {"downloads": 3} in listed(sharer, file)


def test_only_redirects_are_counted(sharer: Person, file: Json, anonymous: httpx.Client) -> None:
    link = link_to(sharer, file)
    url = follow(anonymous, link).headers["location"]
    assert [store().get(url).status_code for _ in range(3)] == [200] * 3
    assert downloads(sharer, file, link) == 1


def test_a_file_is_saved_under_its_own_name_whatever_that_is(
    sharer: Person, own: Json, anonymous: httpx.Client
) -> None:
    link = link_to(sharer, own)
    for name in (GOOD_NAMES[kind] for kind in NAMES):
        sharer.http.patch(f"/v1/files/{own['id']}", json={"file_name": name})
        found = parse(fetch(anonymous, link).headers["content-disposition"])
        assert found == ("attachment", name)


def test_nothing_is_ever_shown_in_the_browser(sharer: Person, anonymous: httpx.Client) -> None:
    for file in publish_all(sharer, ACTIVE):
        link = link_to(sharer, file)
        for query in ("", "?inline=true", "?redirect=false", "?response-content-disposition=x"):
            answer = anonymous.get(f"/l/{link['token']}{query}")
            if answer.status_code == 302:
                found = store().get(answer.headers["location"]).headers["content-disposition"]
                assert parse(found)[0] == "attachment"
            else:
                expect_problem(answer, {400, 422})
        assert downloads(sharer, file, link) >= 1


def test_a_file_in_a_bucket_of_ones_own_can_be_shared(
    sharer: Person, anonymous: httpx.Client
) -> None:
    file = publish(sharer, b"from my bucket", bucket=make(sharer))
    assert fetch(anonymous, link_to(sharer, file)).content == b"from my bucket"


def test_an_empty_file_can_be_shared(sharer: Person, anonymous: httpx.Client) -> None:
    found = fetch(anonymous, link_to(sharer, publish(sharer, b"")))
    assert (found.status_code, found.content) == (200, b"")


def test_a_link_asks_nobody_who_he_is(
    sharer: Person, file: Json, bob: Person, base_url: str
) -> None:
    link = link_to(sharer, file)
    stale = client(base_url, "no token at all")
    assert [follow(http, link).status_code for http in (bob.http, sharer.http, stale)] == [302] * 3


def test_head_says_that_the_link_is_good_and_counts_nothing(
    sharer: Person, file: Json, anonymous: httpx.Client
) -> None:
    link = link_to(sharer, file, max_downloads=1)
    for _ in range(3):
        answer = anonymous.head(f"/l/{link['token']}")
        assert (answer.status_code, answer.content) == (200, b"")
        assert "location" not in answer.headers
    assert downloads(sharer, file, link) == 0
    assert follow(anonymous, link).status_code == 302


def test_robots_that_say_so_get_no_redirect_and_count_nothing(
    sharer: Person, file: Json, anonymous: httpx.Client
) -> None:
    link = link_to(sharer, file, max_downloads=1)
    for robot in ROBOTS:
        answer = follow(anonymous, link, **{"user-agent": robot})
        assert answer.status_code == 200, f"{robot}: {describe(answer)}"
        assert "location" not in answer.headers
        assert "x-amz-signature" not in answer.text.lower()
    assert downloads(sharer, file, link) == 0
    assert fetch(anonymous, link).status_code == 200


def test_whoever_is_no_robot_is_counted(
    sharer: Person, file: Json, anonymous: httpx.Client
) -> None:
    link = link_to(sharer, file)
    for agent in PEOPLE:
        headers = [(b"user-agent", agent.encode("latin-1"))]
        answer = anonymous.get(f"/l/{link['token']}", headers=headers)
        assert answer.status_code == 302, f"{agent}: {describe(answer)}"
    assert downloads(sharer, file, link) == len(PEOPLE)


def test_a_token_that_nobody_was_given_leads_nowhere(
    sharer: Person, file: Json, anonymous: httpx.Client, base_url: str
) -> None:
    link = link_to(sharer, file)
    token, last = link["token"], link["token"][-1]
    others = [token[:-1] + other for other in "ABCDwxyz0189-_" if other != last]
    others += [token[:-1], token + "A", token + "=", token.swapcase(), token[::-1], "A" * 5000]
    others += [f"%20{token}", f"{token}%00", f"{token}%0A", "%F0%9F%94%A5", "%25", "'--", "null"]
    others += [link["id"], file["id"], "x"]
    for other in others:
        expect_problem(anonymous.get(f"/l/{other}"), 404)
        assert client(base_url, checked=False).head(f"/l/{other}").status_code == 404
        robot = follow(anonymous, {"token": other}, **{"user-agent": ROBOTS[0]})
        expect_problem(robot, 404)
    assert downloads(sharer, file, link) == 0
    assert revoke(sharer, token[:-1]).status_code == 404
    assert follow(anonymous, link).status_code == 302
