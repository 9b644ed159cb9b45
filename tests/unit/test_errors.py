"""The catalogue of errors is the contract's."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from fragua.errors import CATALOGUE, Invalid, Problem, Unavailable
from tests.support.paths import ROOT

# Codes that the contract names, with their statuses.
NAMED = {
    "email_taken": 409,
    "bad_credentials": 401,
    "token_reused": 401,
    "fragment_missing": 409,
    "not_direct": 409,
    "upload_ended": 409,
    "upload_failed": 409,
    "quota_exceeded": 413,
    "file_too_large": 413,
}
STATUSES = {400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 428, 429, 500, 503}


@pytest.mark.parametrize(("code", "status"), NAMED.items())
def test_a_code_of_the_contract_has_the_contracts_status(code: str, status: int) -> None:
    assert CATALOGUE[code][0] == status


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_code_has_a_status_of_the_contract_and_a_sentence(code: str) -> None:
    status, sentence = CATALOGUE[code]
    assert status in STATUSES
    assert sentence[0].isupper()
    assert sentence.endswith(".")


def test_a_problem_says_its_sentence_unless_it_knows_better() -> None:
    assert Problem("not_found").detail == CATALOGUE["not_found"][1]
    assert Problem("not_found", "No plan.").detail == "No plan."


def test_one_code_may_have_another_status_where_the_contract_says_so() -> None:
    assert Problem("bad_credentials", status=403).status == 403


def test_a_code_that_is_not_in_the_catalogue_cannot_be_raised() -> None:
    with pytest.raises(KeyError):
        Problem("no_such_code")


def test_invalid_lists_where_and_why() -> None:
    listed = Invalid(("/a", "is wrong"), ("/b/0", "too")).members["errors"]
    assert listed == [
        {"pointer": "/a", "message": "is wrong"},
        {"pointer": "/b/0", "message": "too"},
    ]


def test_unavailable_asks_to_come_again() -> None:
    problem = Unavailable("s3")
    assert (problem.status, problem.retry_after) == (503, 2)
    assert "s3" not in problem.detail


def words(folder: Path) -> Iterator[str]:
    """Yield every string that the code under a folder mentions."""
    for path in folder.rglob("*.py"):
        if path.name != "errors.py":
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def test_no_code_of_the_catalogue_is_left_over() -> None:
    # Put together as f"upload_{status}", raised by classes of the catalogue's own file, and
    # promised by the contract for uploads of a kind that does not exist yet.
    elsewhere = {"upload_aborted", "upload_expired", "upload_failed"}
    elsewhere |= {"invalid_fields", "unavailable", "not_direct"}
    assert set(CATALOGUE) - elsewhere <= set(words(ROOT / "shared_package" / "fragua"))
