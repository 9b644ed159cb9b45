"""What the suite says of policies and of what functions ask for: too little, and too much."""

from __future__ import annotations

from tests.support.permissions import Call, grants, not_allowed, not_used

READ = "s3:GetObject"
USERS = "arn:aws:s3:::fragua-local-123456789012-shop"


def test_what_no_policy_allows_is_named() -> None:
    fine = Call("files.download", READ, "DefaultBucket/files/anything")
    wrong = fine._replace(resource="DefaultBucket/assets/anything")
    stranger = fine._replace(function="files.list")
    assert not_allowed({fine, wrong, stranger}) == [
        "files.download may not s3:GetObject on DefaultBucket/assets/anything",
        "files.list may not s3:GetObject on DefaultBucket/files/anything",
    ]


def test_what_is_allowed_and_never_asked_for_is_named() -> None:
    asked = {Call(*grant) for grant in grants()}
    assert not_used(asked) == []
    unused = {call for call in asked if call[:2] == ("files.download", READ)}
    assert sorted(not_used(asked - unused)) == [
        f"files.download never asks for {READ} on {call.resource}" for call in sorted(unused)
    ]


def test_what_is_asked_of_a_users_bucket_is_needed_for_the_default_one_as_well() -> None:
    asked = {Call(*grant) for grant in grants()}
    unused = {call for call in asked if call[:2] == ("files.download", READ)}
    assert not_used(asked - unused | {Call("files.download", READ, f"{USERS}/files/x")}) == []
    assert not_used(asked - unused | {Call("files.download", READ, f"{USERS}/assets/x")})
