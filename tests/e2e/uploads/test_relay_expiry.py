"""Relayed uploads that grow old, where time runs faster."""

from itertools import count

from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.hurry import UPLOAD_LIFE, Ageing
from tests.e2e.support.relaying import begin, give
from tests.e2e.support.sending import abort, complete, look
from tests.e2e.support.shapes import seconds_from_now
from tests.e2e.support.waiting import eventually


def test_fragments_put_an_uploads_end_off(ageing: Ageing) -> None:
    upload = begin(ageing.person, 500, fragment_size=1)
    before, numbers = upload["expires_at"], count(1)

    def later() -> bool:
        assert give(ageing.person, upload, next(numbers), b"x").status_code == 204
        return bool(look(ageing.person, upload)["expires_at"] > before)

    assert seconds_from_now(before) <= UPLOAD_LIFE + 1
    assert eventually(later, bool, 10)


def test_a_relayed_upload_nobody_touches_expires_and_takes_no_fragment(ageing: Ageing) -> None:
    person, upload = ageing.person, ageing.relayed
    seen = eventually(
        lambda: look(person, upload), lambda seen: seen["status"] == "expired", UPLOAD_LIFE + 30
    )
    assert (seen["file_id"], seen["failure"]) == (None, None)
    for number in (1, 2):
        expect_problem(give(person, upload, number, b"abc"), 410)
    expect_problem(complete(person, upload), 410)
    assert abort(person, upload).status_code in {204, 410}
