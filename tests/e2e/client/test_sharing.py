"""`fragua share`, `links`, `unshare`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.client.conftest import Cli
from tests.e2e.support.clients import store
from tests.e2e.support.gate import Gate
from tests.e2e.support.people import Person, register
from tests.e2e.support.plans import basic_with

LINKS = r"POST /v1/files/[^/]+/links"
NAME = "shared.bin"


@pytest.fixture
def links_allowed(superadmin: Person) -> Iterator[None]:
    """Links, which no plan of a newcomer's allows, are allowed during the test."""
    with basic_with(superadmin, temporary_links=True):
        yield


@pytest.fixture(scope="module")
def sharer(base_url: str) -> Person:
    """The user of these tests."""
    return register(base_url)


@pytest.fixture
def sharing(base_url: str, sharer: Person, tmp_path: Path, links_allowed: None) -> Cli:
    """The command line of somebody who may make links, and has a file of 100 bytes."""
    return with_file(Cli(base_url, tmp_path, sharer))


def with_file(cli: Cli) -> Cli:
    """Log in and upload the one file of that name."""
    cli.as_if_logged_in()
    for row in json.loads(cli.good("ls", "--name", NAME, "--json").out):
        cli.good("rm", row["id"])
    cli.good("upload", "-q", cli.write(100, NAME))
    return cli


def opened(url: str) -> httpx.Response:
    """What anyone gets who opens a link."""
    return store().get(url, follow_redirects=True)


def shared(cli: Cli, *options: str) -> str:
    """The URL of a new link."""
    (url,) = cli.good("share", NAME, *options).out.splitlines()
    return url


def listed(cli: Cli) -> list[dict[str, object]]:
    """The file's links."""
    rows: list[dict[str, object]] = json.loads(cli.good("links", NAME, "--json").out)
    return rows


def test_who_has_the_url_has_the_file_as_often_as_was_said(sharing: Cli) -> None:
    url = shared(sharing, "--expires", "1h", "--downloads", "1")
    assert opened(url).content == (sharing.folder / NAME).read_bytes()
    assert opened(url).status_code == 410
    (link,) = listed(sharing)
    assert (link["downloads"], link["max_downloads"]) == (1, 1)


def test_details_are_beside_the_result(sharing: Cli) -> None:
    ran = sharing.good("share", NAME, "--downloads", "3")
    (link,) = listed(sharing)
    for fact in (NAME, link["expires_at"], "Downloads: 3", f"fragua unshare {link['id']}"):
        assert str(fact) in ran.err
    assert sharing.good("share", "-q", NAME).err == ""


@pytest.mark.parametrize("way", ["id", "token", "url"])
def test_a_revoked_link_is_dead_at_once(sharing: Cli, way: str) -> None:
    url = shared(sharing)
    names = {"id": str(listed(sharing)[0]["id"]), "token": url.rpartition("/")[2], "url": url}
    ran = sharing.good("unshare", "-v", "--", names[way])
    assert opened(url).status_code == 410
    assert names["token"] not in ran.out + ran.err


@pytest.mark.usefixtures("links_allowed")
def test_an_answer_that_is_lost_makes_no_second_link(
    gate: Gate, sharer: Person, tmp_path: Path
) -> None:
    gated = with_file(Cli(gate.url, tmp_path, sharer))
    gate.plan(LINKS, lose_answer=True)
    assert shared(gated)
    keys = [seen.key for seen in gate.seen if seen.line in gate.lines(LINKS)]
    assert len(keys) == 2
    assert None not in keys
    assert len(set(keys)) == 1
    assert len(listed(gated)) == 1


def test_a_plan_without_links_says_so(base_url: str, sharer: Person, tmp_path: Path) -> None:
    cli = with_file(Cli(base_url, tmp_path, sharer))
    ran = cli.run("share", NAME)
    assert (ran.code, ran.out) == (1, "")
    assert "plan_forbids" in ran.err


def test_a_life_that_no_link_has_is_wrong_usage(cli: Cli) -> None:
    for time in ("59s", "8d", "soon"):
        ran = cli.run("share", NAME, "--expires", time)
        assert (ran.code, ran.out) == (2, "")


def test_a_link_that_nobody_made_is_told_as_that(cli: Cli) -> None:
    ran = cli.run("unshare", "https://files.example.com/l/AAAAAAAAAAAAAAAAAAAAAA")
    assert ran.code == 1
    assert "not_found" in ran.err
