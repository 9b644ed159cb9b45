"""`fragua bucket`, and `--bucket` of `upload` and `ls`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.client.conftest import SMALL, Cli
from tests.e2e.support.buckets import drop, make, new_name
from tests.e2e.support.gate import Gate
from tests.e2e.support.people import Person
from tests.e2e.support.waiting import eventually


@pytest.fixture
def owner(base_url: str, newcomer: Person, tmp_path: Path) -> Cli:
    """The command line of somebody who has no bucket yet."""
    return Cli(base_url, tmp_path, newcomer).as_if_logged_in()


def names(cli: Cli) -> list[str]:
    """The buckets that are listed."""
    return [line.split("\t")[0] for line in cli.good("bucket", "ls").out.splitlines()]


def test_a_bucket_comes_and_goes(owner: Cli) -> None:
    name = new_name()
    assert names(owner) == ["default"]
    assert owner.good("bucket", "create", name).out == f"Created {name}\n"
    assert sorted(names(owner)) == sorted([name, "default"])
    owner.good("bucket", "rm", name)
    assert names(owner) == ["default"]


@pytest.mark.parametrize("options", [SMALL, ("--mode", "relay")])
def test_a_file_goes_to_the_bucket_that_is_named(owner: Cli, options: tuple[str, ...]) -> None:
    name = new_name()
    # One that begins so, too.
    other = f"{name}-old"
    for bucket in (name, other):
        owner.good("bucket", "create", bucket)
    path = owner.write(100)
    file_id = owner.good("upload", "-q", path, "--bucket", name, *options).out.strip()
    owner.good("upload", path, "--bucket", other)
    (listed,) = json.loads(owner.good("ls", "--bucket", name, "--json").out)
    assert (listed["id"], listed["bucket"]) == (file_id, name)
    owner.good("download", file_id, "-o", "back")
    assert (owner.folder / "back").read_bytes() == path.read_bytes()


def test_a_bucket_with_files_stays_until_they_are_gone(owner: Cli) -> None:
    name = new_name()
    owner.good("bucket", "create", name)
    file_id = owner.good("upload", "-q", owner.write(10), "--bucket", name).out.strip()
    ran = owner.run("bucket", "rm", name)
    assert ran.code == 1
    assert "bucket_not_empty" in ran.err
    owner.good("rm", file_id)
    # The bytes go a little later than the answer comes.
    eventually(lambda: owner.run("bucket", "rm", name).code, lambda code: code == 0)


def test_a_name_that_is_taken_is_told(owner: Cli, base_url: str, bob: Person) -> None:
    taken = make(bob)
    ran = owner.run("bucket", "create", taken)
    assert ran.code == 1
    assert "bucket_exists" in ran.err
    ran = owner.run("bucket", "rm", taken)
    assert ran.code == 1
    assert "not_found" in ran.err
    assert drop(bob, taken).status_code == 204


def test_a_plan_that_is_full_is_told(owner: Cli) -> None:
    for _ in range(3):
        owner.good("bucket", "create", new_name())
    ran = owner.run("bucket", "create", new_name())
    assert ran.code == 1
    assert "bucket_limit" in ran.err


def test_a_name_that_is_none_is_pointed_at(owner: Cli) -> None:
    ran = owner.run("bucket", "create", "No_Bucket")
    assert ran.code == 1
    assert "/name: " in ran.err


def test_a_bucket_that_is_not_there_takes_no_upload(owner: Cli) -> None:
    ran = owner.run("upload", owner.write(10), "--bucket", new_name())
    assert ran.code == 1
    assert "/files/0/bucket: " in ran.err
    assert owner.journal == []


def test_an_answer_that_is_lost_makes_no_second_bucket(
    gate: Gate, newcomer: Person, tmp_path: Path
) -> None:
    gated = Cli(gate.url, tmp_path, newcomer).as_if_logged_in()
    gate.plan(r"POST /v1/buckets$", lose_answer=True)
    name = new_name()
    assert gated.good("bucket", "create", name).out == f"Created {name}\n"
    assert len(gate.lines(r"POST /v1/buckets$")) == 2


def test_an_interrupted_upload_goes_on_in_its_bucket(
    gate: Gate, newcomer: Person, tmp_path: Path
) -> None:
    gated = Cli(gate.url, tmp_path, newcomer).as_if_logged_in()
    name, path = make(newcomer), gated.write(100)
    gate.plan(r"POST /v1/uploads/[^/]+/complete", status=403, body=b"{}")
    assert gated.run("upload", path, "--bucket", name).code == 1
    gated.good("upload", path, "--bucket", name)
    assert len(gate.lines(r"POST /v1/uploads$")) == 1
    assert len(json.loads(gated.good("ls", "--bucket", name, "--json").out)) == 1
