"""`fragua ls --images`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.client.conftest import Cli
from tests.e2e.support.clients import store
from tests.e2e.support.people import Person, register
from tests.e2e.support.pictures import bomb, drawn
from tests.e2e.support.waiting import eventually


@pytest.fixture(scope="module")
def painter(base_url: str, tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """Somebody with a picture, one that nobody can open, and a file that is none."""
    folder: Path = tmp_path_factory.mktemp("painter")
    person: Person = register(base_url)
    cli = Cli(base_url, folder, person).as_if_logged_in()
    contents = {"picture.bin": drawn(600, 400), "bomb.png": bomb(), "note.jpg": b"no picture"}
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    cli.good("upload", *(folder / name for name in contents))
    eventually(lambda: images(cli), settled, 60)
    return cli


def images(cli: Cli) -> dict[str, Any]:
    """The images by their names."""
    rows = json.loads(cli.good("ls", "--images", "--json").out)
    return {row["name"]: row for row in rows}


def settled(found: dict[str, Any]) -> bool:
    """Whether both are there and nobody works on them any more."""
    states = {name: row["status"] for name, row in found.items()}
    return len(states) == 2 and "processing" not in states.values()


def test_pictures_are_listed_and_nothing_else(painter: Cli) -> None:
    lines = painter.good("ls", "--images").out.splitlines()
    rows = {row[1]: row[2:] for row in (line.split("\t") for line in lines)}
    assert rows.keys() == {"picture.bin", "bomb.png"}
    assert rows["picture.bin"] == ["600x400", "ready", ""]


def test_a_refusal_is_a_sentence(painter: Cli) -> None:
    refused = images(painter)["bomb.png"]
    assert refused["status"] == "refused"
    assert len(refused["refusal"].split()) > 2
    assert refused["refusal"] in painter.good("ls", "--images").out


def test_urls_lead_to_the_thumbnails_that_the_plan_allows(painter: Cli) -> None:
    (line,) = painter.good("ls", "--images", "--urls").out.splitlines()
    file_id, what, size, url = line.split("\t")
    assert (file_id, what, size) == (
        images(painter)["picture.bin"]["file_id"],
        "thumbnail",
        "300x200",
    )
    answer = store().get(url)
    assert answer.status_code == 200
    assert answer.content[8:12] == b"WEBP"


def test_the_newest_come_first_and_a_limit_cuts(painter: Cli) -> None:
    ran = painter.good("ls", "--images", "--limit", "1")
    assert len(ran.out.splitlines()) == 1
    assert "--all" in ran.err
    assert len(painter.good("ls", "--images", "--all").out.splitlines()) == 2
