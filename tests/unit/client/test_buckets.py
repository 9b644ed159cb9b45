"""`fragua bucket`, and what goes to and comes from one bucket."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fragua_client.jobs import Options
from fragua_client.models import NewUpload
from tests.unit.client.service import WHEN, Service, file, fragua, number, problem

PICS = {"name": "pics", "owner_id": number(9), "created_at": WHEN, "region": "eu-south-2"}
DEFAULT = {"name": "default", "owner_id": None, "created_at": None, "region": "eu-south-2"}


@pytest.fixture
def service() -> Service:
    files = [file(1, "a", "pics"), file(2, "b", "pics-old"), file(3, "c", "pics"), file(4, "d")]
    return Service(files=files, buckets=[PICS, DEFAULT])


def test_buckets_are_listed_with_the_default_one(service: Service) -> None:
    lines = fragua(service, "bucket", "ls").out.splitlines()
    assert lines == [f"pics\teu-south-2\t{WHEN}", "default\teu-south-2\t"]
    assert [row["name"] for row in json.loads(fragua(service, "bucket", "ls", "--json").out)] == [
        "pics",
        "default",
    ]


def test_a_table_has_a_heading(service: Service) -> None:
    heading, *_ = fragua(service, "bucket", "ls", terminal=True).out.splitlines()
    assert all(name in heading for name in ("name", "region", "created at"))


def test_a_bucket_is_made_and_removed(service: Service) -> None:
    assert fragua(service, "bucket", "create", "new").out == "Created new\n"
    assert fragua(service, "bucket", "rm", "new").out == "Deleted new\n"
    assert service.seen == ["POST /v1/buckets", "DELETE /v1/buckets/new"]


def test_quiet_says_nothing(service: Service) -> None:
    for verb in ("create", "rm"):
        ran = fragua(service, "bucket", verb, "-q", "new")
        assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_an_answer_that_is_lost_makes_no_second_bucket(service: Service) -> None:
    service.lost = 1
    assert fragua(service, "bucket", "create", "new").code == 0
    assert [bucket["name"] for bucket in service.buckets] == ["new", "pics", "default"]


@pytest.mark.parametrize("verb", ["create", "rm"])
@pytest.mark.parametrize("code", ["bucket_exists", "bucket_limit", "bucket_not_empty"])
def test_a_conflict_is_told_in_a_sentence(service: Service, verb: str, code: str) -> None:
    service.refusal = problem(409, code, "Not so.")
    ran = fragua(service, "bucket", verb, "new")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"Not so. ({code}, request r-1)\n"


def test_a_name_that_the_server_forbids_is_pointed_at(service: Service) -> None:
    errors = [{"pointer": "/name", "message": "must be 3 to 40 characters"}]
    service.refusal = problem(422, "invalid_fields", "No.", errors=errors)
    ran = fragua(service, "bucket", "create", "X")
    assert ran.code == 1
    assert "/name: must be 3 to 40 characters" in ran.err


@pytest.mark.parametrize(
    ("name", "step"),
    [("../files/1", "%2E%2E%2Ffiles%2F1"), ("..", "%2E%2E"), ("a?b#c", "a%3Fb%23c")],
)
def test_a_name_leads_nowhere_else(service: Service, name: str, step: str) -> None:
    fragua(service, "bucket", "rm", name)
    fragua(service, "rm", name)
    fragua(service, "abort", name)
    places = ("buckets", "files", "uploads")
    assert service.seen == [f"DELETE /v1/{place}/{step}" for place in places]


@pytest.mark.parametrize(
    "arguments",
    [("bucket",), ("bucket", "mv", "a"), ("bucket", "create"), ("bucket", "create", "\udcff")],
)
def test_a_half_command_is_wrong_usage(service: Service, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit):
        fragua(service, *arguments)
    assert service.seen == []


def test_a_buckets_files_are_those_of_no_other_that_begins_so(service: Service) -> None:
    listed = json.loads(fragua(service, "ls", "--bucket", "pics", "--json").out)
    assert [(row["file_name"], row["bucket"]) for row in listed] == [("a", "pics"), ("c", "pics")]
    assert service.queries[0]["bucket"] == "pics"


def test_a_bucket_without_a_name_has_no_files(service: Service) -> None:
    assert fragua(service, "ls", "--bucket", "").out == ""


def test_a_limit_counts_what_is_shown(service: Service) -> None:
    ran = fragua(service, "ls", "--bucket", "pics", "--limit", "2")
    assert [line.split("\t")[1] for line in ran.out.splitlines()] == ["a", "c"]
    assert "--all" in ran.err


def test_an_upload_names_its_bucket_only_if_it_has_one() -> None:
    body = Options(bucket="pics").new_upload(Path("a.bin"), 3).body()
    assert body["bucket"] == "pics"
    assert NewUpload(**body).bucket == "pics"
    assert "bucket" not in Options().new_upload(Path("a.bin"), 3).body()
