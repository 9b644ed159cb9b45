"""What becomes of uploads and presigned URLs that grow old, where time runs faster."""

from tests.e2e.support.clients import store
from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.hurry import UPLOAD_LIFE, Ageing, fresh, send_in_time
from tests.e2e.support.sending import GIB, abort, complete, look, put, reserve, wanted
from tests.e2e.support.shapes import seconds_from_now
from tests.e2e.support.waiting import eventually


def test_an_expired_presigned_url_is_refused_and_a_fresh_one_works(ageing: Ageing) -> None:
    upload = reserve(ageing.person, 3)
    old = upload["fragments"][0]
    eventually(lambda: seconds_from_now(old["expires_at"]), lambda left: left < -0.5, 10)
    assert put(old, b"abc").status_code == 403
    send_in_time(ageing.person, upload, b"abc")
    assert look(ageing.person, upload)["received"] == [[1, 1]]


def test_fresh_urls_put_an_uploads_end_off(ageing: Ageing) -> None:
    upload = reserve(ageing.person, 3)
    before = look(ageing.person, upload)["expires_at"]

    def later() -> bool:
        fresh(ageing.person, upload)
        return bool(look(ageing.person, upload)["expires_at"] > before)

    assert seconds_from_now(before) <= UPLOAD_LIFE + 1
    assert eventually(later, bool, 10)


def test_an_upload_nobody_touches_expires_and_gives_everything_back(ageing: Ageing) -> None:
    person = ageing.person
    for upload in (ageing.unsent, ageing.unfinished):
        seen = eventually(
            lambda upload=upload: look(person, upload),  # type: ignore[misc]
            lambda seen: seen["status"] == "expired",
            UPLOAD_LIFE + 30,
        )
        assert (seen["file_id"], seen["failure"]) == (None, None)


def test_an_expired_upload_is_gone_for_every_purpose(ageing: Ageing) -> None:
    person, upload = ageing.person, ageing.unfinished
    eventually(
        lambda: look(person, upload)["status"], lambda status: status == "expired", UPLOAD_LIFE + 30
    )
    expect_problem(complete(person, upload), 410)
    path = f"/v1/uploads/{upload['id']}/fragments"
    expect_problem(person.http.post(path, json={"numbers": [1]}), 410)
    assert abort(person, upload).status_code in {204, 410}
    assert store().put(upload["fragments"][0]["url"], content=b"late").status_code >= 400


def test_an_expired_upload_gives_its_quota_back(ageing: Ageing) -> None:
    # A little less than the whole quota: uploads of the other tests may still be alive.
    files = [wanted(5 * GIB - 1000, fragment_size=5 * GIB) for _ in range(3)]
    answer = eventually(
        lambda: ageing.person.http.post("/v1/uploads", json={"files": files}),
        lambda answer: answer.status_code == 201,
        UPLOAD_LIFE + 30,
    )
    assert len(answer.json()["uploads"]) == 3
