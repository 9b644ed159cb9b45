"""Everything that ends a command with a sentence instead of a traceback.

FraguaError
├── Refused        the server understood and said no: its problem document
│   └── NotLoggedIn   there is no session, or it is over
├── Unreachable    no answer, or none that helps, after all tries
├── Unusable       a local file can't be sent or written, and why
│   └── Changed    the file is no longer what the upload began with
└── Damaged        bytes arrived that are not the file's
"""

from __future__ import annotations

from typing import Any

import httpx


class FraguaError(Exception):
    """Its text is for the person at the terminal."""


class Refused(FraguaError):
    """An answer that is an error; `code` is the service's stable word for it."""

    def __init__(self, status: int, document: dict[str, Any]) -> None:
        self.status = status
        self.code = str(document.get("code", ""))
        self.detail = str(document.get("detail", ""))
        self.request_id = str(document.get("request_id", ""))
        self.errors: list[dict[str, str]] = document.get("errors") or []
        self.document = document
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        said = self.detail or f"The server answered {self.status}."
        about = [self.code, self.request_id and f"request {self.request_id}"]
        where = ", ".join(filter(None, about))
        lines = [f"{said} ({where})" if where else said]
        lines += [f"  {e.get('pointer', '')}: {e.get('message', '')}" for e in self.errors]
        return "\n".join(lines)

    @classmethod
    def by(cls, answer: httpx.Response) -> Refused:
        """Read a problem document, or whatever else came in place of one."""
        try:
            document = answer.json()
        except ValueError:
            document = None
        if not isinstance(document, dict):
            document = {}
        # What a gateway answers by itself is no problem document.
        document.setdefault("detail", document.get("message") or "")
        if wait := answer.headers.get("retry-after"):
            document["detail"] = f"{document['detail']} Retry after: {wait} s.".strip()
        kind = NotLoggedIn if answer.status_code == 401 else cls
        return kind(answer.status_code, document)


class NotLoggedIn(Refused):
    """There is no session here, or it has ended."""

    @classmethod
    def at(cls, url: str) -> NotLoggedIn:
        """No request was made: this machine has no session for `url`."""
        return cls(401, {"detail": f"Not logged in at {url}. Run: fragua login --url {url}"})


class Unreachable(FraguaError):
    """The network, or a service that keeps failing."""


class Unusable(FraguaError):
    """A file on this machine stands in the way."""


class Changed(Unusable):
    """The file was changed while it was being sent."""


class Damaged(FraguaError):
    """A checksum or a length is not what it has to be."""
