"""If-Match: only the strong tag of the version that is there lets a change through."""

from __future__ import annotations

import pytest

from fragua import preconditions
from fragua.errors import Problem


@pytest.mark.parametrize("header", ['"7"', ' "7" ', '"6", "7"', 'W/"7", "7"', '"a,b", "7"', '"7",'])
def test_the_tag_of_the_version_lets_through(header: str) -> None:
    preconditions.require(header, 7)


@pytest.mark.parametrize(
    "header",
    [
        *('"6"', 'W/"7"', "*", "7", "'7'", "", " ", '"', '"7', '7"', '"07"', '"7 "', '"6, 7"'),
        *('"7"x', '"7" "7"', 'x"7"', '"7";', '"6" , x'),
        *('"\u0667"', '""', "null", '"6" "8"', '"*"', 'w/"7"'),
    ],
)
def test_any_other_header_is_stale(header: str) -> None:
    with pytest.raises(Problem) as refused:
        preconditions.require(header, 7)
    assert (refused.value.code, refused.value.status) == ("precondition_failed", 412)


def test_no_header_is_no_precondition() -> None:
    with pytest.raises(Problem) as refused:
        preconditions.require(None, 7)
    assert (refused.value.code, refused.value.status) == ("precondition_required", 428)


def test_the_tag_that_is_given_out_is_the_one_that_is_taken() -> None:
    preconditions.require(preconditions.etag(12), 12)
