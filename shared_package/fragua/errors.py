"""Everything that can go wrong on purpose, in one catalogue.

Exception
├── Problem            answered to the client as an RFC 9457 problem document
│   ├── Invalid        422: the form is right, a field is not; carries JSON pointers
│   └── Unavailable    503: something that we depend on is down
│       └── Conflict   503: the same item was changed by too many at once; nothing was written
├── Refused            a store said no to one request; the caller knows what that means
├── Refusal            nothing can be made of somebody's file; a sentence tells him why
└── Retry              a worker cannot do its job now; the message shall come again

The table below is the only place where a code gets its status and its sentence.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

CATALOGUE: dict[str, tuple[int, str]] = {
    "malformed_body": (400, "The body is not valid JSON."),
    "token_missing": (401, "This needs an access token."),
    "token_invalid": (401, "The token is not valid."),
    "token_expired": (401, "The token has expired."),
    "token_reused": (401, "The refresh token was used before; its session has ended."),
    "session_ended": (401, "The session has ended."),
    "account_disabled": (401, "The account is disabled."),
    "bad_credentials": (401, "The e-mail address or the password is wrong."),
    "file_quarantined": (403, "A scanner found malware in the file; its bytes go to nobody."),
    "forbidden": (403, "This account may not do that."),
    "not_by_the_edge": (403, "The API is reached by its public address alone."),
    "own_video": (403, "Nobody votes for a video of his own."),
    "plan_forbids": (403, "The plan does not include this."),
    "not_found": (404, "There is no such thing here."),
    "already_voted": (409, "There is a vote of this account for the video already."),
    "bucket_exists": (409, "A bucket of this name exists already."),
    "bucket_limit": (409, "The plan allows no more buckets."),
    "bucket_not_empty": (409, "The bucket holds files or unfinished uploads."),
    "email_taken": (409, "The e-mail address is in use."),
    "fragment_conflict": (409, "Other bytes were sent for this fragment before."),
    "fragment_missing": (409, "Some fragments have not arrived."),
    "in_progress": (409, "The same request was sent before and is still under way."),
    "last_superadmin": (409, "Somebody has to be a superadmin."),
    "not_direct": (409, "The upload takes its fragments through the API."),
    "not_relay": (409, "The upload takes its fragments straight to the store."),
    "plan_exists": (409, "A plan of this name exists already."),
    "plan_in_use": (409, "Accounts are on this plan, or new ones will be."),
    "sku_taken": (409, "Another product has this SKU."),
    "upload_ended": (409, "The upload takes no more fragments."),
    "upload_failed": (409, "The upload has failed."),
    "video_is_public": (409, "The video is public; it has to be unpublished first."),
    "video_not_ready": (409, "The video is not made yet, or could not be made."),
    "link_ended": (410, "The link has expired, or was used up or revoked."),
    "upload_aborted": (410, "The upload was aborted."),
    "upload_expired": (410, "The upload has expired."),
    "precondition_failed": (412, "It was changed since; read it again."),
    "body_too_large": (413, "The body is too large."),
    "file_too_large": (413, "The file is larger than the plan allows."),
    "quota_exceeded": (413, "The storage quota does not hold this."),
    "not_a_video": (415, "The bytes of the file are none of the kinds that videos are made of."),
    "unsupported_media_type": (415, "The body is not of the media type that this route takes."),
    "invalid_fields": (422, "Some fields are not valid."),
    "precondition_required": (428, "Say which version you change: If-Match with its ETag."),
    "too_many_videos": (429, "So many videos of this account are being made already."),
    "too_many_attempts": (429, "Too many attempts; come again later."),
    "internal_error": (500, "Something went wrong on our side."),
    "unavailable": (503, "Something that we depend on is not answering."),
}


def pointer(*steps: str | int) -> str:
    """Write a place in the body as a JSON pointer (RFC 6901)."""
    escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
    return "".join(f"/{step}" for step in escaped)


class Problem(Exception):
    """An answer that is an error: a code of the catalogue and what is special this time.

    `members` are added to the document (RFC 9457 extension members). `retry_after` is in seconds.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        status: int | None = None,
        retry_after: int | None = None,
        **members: Any,
    ) -> None:
        self.code = code
        self.status, self.title = CATALOGUE[code]
        # One code can have two statuses: `bad_credentials` is 401 at login, 403 for a new password.
        self.status = status or self.status
        self.detail = detail or self.title
        self.retry_after = retry_after
        self.members = members
        super().__init__(f"{code}: {self.detail}")


class Invalid(Problem):
    """422 with the JSON pointers of the fields that are not valid."""

    def __init__(self, *errors: tuple[str, str]) -> None:
        listed: Sequence[dict[str, str]] = [
            {"pointer": pointer, "message": message} for pointer, message in errors
        ]
        super().__init__("invalid_fields", errors=listed)


class Unavailable(Problem):
    """503: a dependency did not answer, or said that it can't. Worth another try in seconds."""

    def __init__(self, dependency: str) -> None:
        self.dependency = dependency
        super().__init__("unavailable", retry_after=2)


class Conflict(Unavailable):
    """503: others change the same thing all the time, and nothing was written."""


# Words for "you may not" or "there is nothing of yours" that a role, a policy, a clock or a deleted
# bucket of our own brings about.
_MISCONFIGURED = {
    "AllAccessDisabled",
    "ExpiredToken",
    "ExpiredTokenException",
    "NoSuchBucket",
    "UnrecognizedClientException",
}


class Refused(Exception):
    """AWS understood the request and said no: `code` is the service's own word for why."""

    def __init__(self, operation: str, code: str, status: int, response: dict[str, Any]) -> None:
        self.code = code
        self.status = status
        self.response = response
        super().__init__(f"{operation}: {code} ({status})")

    @property
    def misconfigured(self) -> bool:
        """Whether it speaks of our deployment, whatever is asked for: somebody has to mend that."""
        return self.status in (401, 403) or self.code in _MISCONFIGURED


class Refusal(Exception):
    """Nothing is made of the bytes of a file; `reason` is a sentence for its owner."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Retry(Exception):
    """The job could not be done now, and nothing says that it can't be done later."""


def level(error: Exception) -> int:
    """Return the level to log an error at that is tried again: what is down is no fault of ours."""
    return logging.WARNING if isinstance(error, Retry | Unavailable) else logging.ERROR
