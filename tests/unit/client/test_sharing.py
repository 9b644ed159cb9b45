"""`fragua share`, `links`, `unshare`: temporary links, and what is typed to name one."""

from __future__ import annotations

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fragua_client.names import parse_duration, parse_link
from tests.unit.client.service import URL, WHEN, Service, file, fragua, number, problem

TOKEN = "kP9-x_2Q0aYt7uVbN3mLzw"
LINK = {
    "id": number(100), "file_id": number(1), "created_at": WHEN, "expires_at": WHEN,
    "max_downloads": None, "downloads": 0,
}  # fmt: skip


@pytest.fixture
def service() -> Service:
    return Service(files=[file(1, "big.bin"), file(2, "big.bin.old")])


def test_a_script_is_given_the_url_alone(service: Service) -> None:
    ran = fragua(service, "share", "big.bin", "--expires", "2h", "--downloads", "3")
    assert (ran.code, ran.out) == (0, f"{URL}/l/secret\n")
    assert service.bodies == [{"expires_in": 7200, "max_downloads": 3}]
    assert service.links[0]["file_id"] == number(1)


def test_a_person_is_told_what_the_link_does_and_how_it_ends(service: Service) -> None:
    err = fragua(service, "share", number(2), "--downloads", "3").err
    assert f"Whoever has it can download big.bin.old until {WHEN}" in err
    assert f"Downloads: 3. To revoke it: fragua unshare {number(100)}" in err


def test_quiet_leaves_the_url(service: Service) -> None:
    ran = fragua(service, "share", "-q", "big.bin")
    assert (ran.out, ran.err) == (f"{URL}/l/secret\n", "")


def test_without_options_it_is_an_hour_and_any_number(service: Service) -> None:
    assert "Downloads: no limit" in fragua(service, "share", "big.bin").err
    assert service.bodies == [{"expires_in": 3600}]


@pytest.mark.parametrize("lost", [1, 2])
def test_answers_that_are_lost_make_no_second_link(service: Service, lost: int) -> None:
    service.lost = lost
    assert fragua(service, "share", "big.bin").code == 0
    assert (len(service.bodies), len(service.links)) == (lost + 1, 1)


def test_who_shares_twice_has_two_links(service: Service) -> None:
    for _ in range(2):
        fragua(service, "share", "big.bin")
    assert len(service.links) == 2


@pytest.mark.parametrize("text", ["59s", "8d", "2w", "604801s", "0h", "-1h", "", "1", "1y", "1.5h"])
def test_a_time_that_no_link_can_have_is_wrong_usage(service: Service, text: str) -> None:
    with pytest.raises(SystemExit) as ended:
        fragua(service, "share", "big.bin", f"--expires={text}")
    assert (ended.value.code, service.seen) == (2, [])


@pytest.mark.parametrize("text", ["60s", "1m", "7d", "1w", "168h", " 90 S "])
def test_a_time_between_a_minute_and_a_week_is_taken(service: Service, text: str) -> None:
    assert fragua(service, "share", "big.bin", "--expires", text).code == 0


@pytest.mark.parametrize("text", ["0", "-1", "3.5", "three", ""])
def test_a_number_of_downloads_is_at_least_one(service: Service, text: str) -> None:
    with pytest.raises(SystemExit):
        fragua(service, "share", "big.bin", f"--downloads={text}")
    assert service.seen == []


def test_a_plan_without_links_is_told_in_a_sentence(service: Service) -> None:
    service.refusal = problem(403, "plan_forbids", "The plan does not include this.")
    ran = fragua(service, "share", "big.bin")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "The plan does not include this. (plan_forbids, request r-1)\n"


def test_what_nobody_has_is_not_shared(service: Service) -> None:
    ran = fragua(service, "share", "absent")
    assert (ran.code, ran.out, ran.err) == (1, "", "No file of yours is called absent\n")


def test_links_are_listed_without_their_secret(service: Service) -> None:
    for downloads in ("1", "2", "3"):
        fragua(service, "share", "big.bin", "--downloads", downloads)
    rows = [line.split("\t") for line in fragua(service, "links", "big.bin").out.splitlines()]
    assert [row[0] for row in rows] == [number(102), number(101), number(100)]
    assert rows[0][1:] == [WHEN, "0", "3"]
    (first, *_) = json.loads(fragua(service, "links", "big.bin", "--json").out)
    assert first.keys() == LINK.keys()


def test_a_link_without_a_limit_has_an_empty_field(service: Service) -> None:
    fragua(service, "share", "big.bin")
    assert fragua(service, "links", "big.bin").out.endswith("\t0\t\n")


@pytest.mark.parametrize(
    "link",
    [TOKEN, f"https://here/l/{TOKEN}", f"https://here/stage/l/{TOKEN}/?a=b#c", f"here/l/{TOKEN}"],
)
def test_a_link_is_named_as_people_have_it(service: Service, link: str) -> None:
    ran = fragua(service, "unshare", link)
    assert (ran.code, ran.out) == (0, "Revoked\n")
    assert service.seen == [f"DELETE /v1/links/{TOKEN}"]


@pytest.mark.parametrize(
    "link", ["", "..", "../files/1", "https://here/", "https://here/f/x", "a b"]
)
def test_what_is_no_link_is_wrong_usage(service: Service, link: str) -> None:
    with pytest.raises(SystemExit):
        fragua(service, "unshare", link)
    assert service.seen == []


def test_the_log_of_requests_does_not_show_the_token(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "fragua_client")
    fragua(service, "unshare", f"{URL}/l/{TOKEN}")
    assert "DELETE here/v1/links/..." in caplog.text
    assert TOKEN not in caplog.text


def test_a_hostile_servers_words_steer_no_terminal_and_stay_on_their_line(service: Service) -> None:
    service.refusal = problem(409, "x", "\x1b]0;owned\x07 \x9b2J")
    assert "\x1b" not in fragua(service, "share", "big.bin").err
    service.refusal = None
    service.links = [{**LINK, "expires_at": "\x1b[2J\tnow\n"}]
    (line,) = fragua(service, "links", "big.bin").out.splitlines()
    assert line.split("\t")[1] == "?[2J?now?"


@given(st.integers(0, 10**9 - 1), st.sampled_from("smhdw"))
def test_a_duration_is_a_number_of_its_units(value: int, unit: str) -> None:
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
    assert parse_duration(f"{value}{unit}") == value * seconds[unit]


@given(st.text())
def test_what_is_read_of_a_link_is_one_step_of_a_path(text: str) -> None:
    try:
        step = parse_link(text)
    except ValueError:
        return
    assert step not in ("", ".", "..")
    assert not set(step) & set("/\\?#% \n")
    assert step in text
