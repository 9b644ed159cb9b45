"""`Client`: the calls of the API that somebody's files need, typed, patient, thread-safe."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from uuid import uuid4

import httpx

from fragua_client import http
from fragua_client.errors import NotLoggedIn, Refused
from fragua_client.http import step
from fragua_client.models import (
    Bucket,
    File,
    Fragment,
    Image,
    Json,
    Link,
    NewUpload,
    Upload,
    User,
)
from fragua_client.retry import Patience, persist
from fragua_client.session import Session, SessionStore

# A token may die again before a request with it arrives, on a machine that was asleep.
_REFRESHES = 3
_PAGE = 200


class Client:
    """Speaks to the server at `url` for the session in `sessions`.

    Errors: `Refused` (the server said no), `NotLoggedIn`, `Unreachable`. `sleep` is how it pauses
    between tries, and may raise to end them. `transport` carries the requests in place of sockets.
    """

    def __init__(
        self,
        url: str,
        sessions: SessionStore,
        patience: Patience | None = None,
        sleep: Callable[[float], object] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self.patience = patience or Patience()
        self.sleep = sleep
        self.store = http.connect(transport=transport)
        self._http = http.connect(self.url, transport)
        self._sessions = sessions

    def close(self) -> None:
        """Close the connections; requests under way end with an error."""
        self._http.close()
        self.store.close()

    # Accounts

    def register(self, email: str, password: str, first_name: str, last_name: str) -> User:
        """Make an account; it is not logged in yet."""
        names = {"first_name": first_name, "last_name": last_name}
        body = {"email": email, "password": password} | names
        return _user(self._public("/v1/auth/register", body, _once()))

    def login(self, email: str, password: str) -> User:
        """Begin a session and keep its tokens."""
        said = self._public("/v1/auth/login", {"email": email, "password": password})
        self._sessions.save(self._session(said))
        return _user(said["user"])

    def logout(self, *, everywhere: bool = False) -> None:
        """End the session at the server, and forget it here whatever the server says."""
        try:
            self._call("POST", "/v1/auth/logout", json={"everywhere": everywhere})
        finally:
            self._sessions.forget()

    def whoami(self) -> Json:
        """The session as the server sees it: user_id, email, role, plan, expires_at."""
        return self._call("GET", "/v1/auth/session")

    @property
    def session(self) -> Session:
        """The session in use, or `NotLoggedIn`."""
        session = self._sessions.load()
        if session is None or session.url != self.url:
            raise NotLoggedIn.at(self.url)
        return session

    # Uploads

    def create_uploads(self, files: Sequence[NewUpload], key: str) -> list[Upload]:
        """Begin 1-50 uploads, all or none. The same `key` again gives the same ones."""
        body = {"files": [file.body() for file in files]}
        answer = self.request("POST", "/v1/uploads", json=body, headers={"idempotency-key": key})
        return [
            Upload.of(said, _fragments(said.get("fragments") or [], answer))
            for said in http.said(answer)["uploads"]
        ]

    def upload(self, upload_id: str) -> Upload:
        """An upload and its progress."""
        return Upload.of(self._call("GET", f"/v1/uploads/{upload_id}"))

    def uploads(self) -> Iterator[Upload]:
        """Unfinished uploads and those that ended within 7 days, newest first."""
        return map(Upload.of, self._pages("/v1/uploads"))

    def fragments(self, upload_id: str, numbers: Sequence[int]) -> list[Fragment]:
        """Fresh presigned URLs of at most 1,000 fragments."""
        body = {"numbers": list(numbers)}
        answer = self.request("POST", f"/v1/uploads/{upload_id}/fragments", json=body)
        return _fragments(http.said(answer)["fragments"], answer)

    def relay(self, upload_id: str, number: int, data: bytes, crc32: str) -> None:
        """Send one fragment through the API; the server checks its CRC-32 (base64)."""
        headers = {"content-type": "application/octet-stream", "x-amz-checksum-crc32": crc32}
        path = f"/v1/uploads/{upload_id}/fragments/{number}"
        self.request("PUT", path, content=data, headers=headers)

    def complete(self, upload_id: str, checksum: Json | None = None) -> Upload:
        """Have the fragments joined and the whole file verified. It may be repeated."""
        body = {"checksum": checksum} if checksum else {}
        return Upload.of(self._call("POST", f"/v1/uploads/{upload_id}/complete", json=body))

    def abort(self, upload_id: str) -> None:
        """Give an upload up; what arrived of it is removed."""
        self.request("DELETE", f"/v1/uploads/{step(upload_id)}")

    # Files

    def files(self, name: str | None = None, bucket: str | None = None) -> Iterator[File]:
        """Own files, newest first; `name` is a prefix, in whatever case, `bucket` a whole name."""
        asked = {"name": name, "bucket": bucket}
        query = {key: value for key, value in asked.items() if value is not None}
        files = map(File.of, self._pages("/v1/files", query))
        # The server takes it for a prefix, too.
        return (file for file in files if bucket is None or file.bucket == bucket)

    def file(self, file_id: str) -> File:
        """One file."""
        return File.of(self._call("GET", f"/v1/files/{file_id}"))

    def delete_file(self, file_id: str) -> None:
        """Remove a file for good."""
        self.request("DELETE", f"/v1/files/{step(file_id)}")

    def download_url(self, file_id: str) -> str:
        """A presigned URL that works for a few minutes; it needs no token and must get none."""
        said = self._call("GET", f"/v1/files/{file_id}/download", params={"redirect": "false"})
        return str(said["url"])

    def images(self) -> Iterator[Image]:
        """The pictures among the own files, newest first."""
        return map(Image.of, self._pages("/v1/images"))

    # Temporary links

    def create_link(self, file_id: str, expires_in: int, max_downloads: int | None = None) -> Link:
        """A link that lives for 60 to 604,800 seconds; only this answer has its URL."""
        limit = {} if max_downloads is None else {"max_downloads": max_downloads}
        body = {"expires_in": expires_in} | limit
        path = f"/v1/files/{file_id}/links"
        return Link.of(self._call("POST", path, json=body, headers=_once()))

    def links(self, file_id: str) -> Iterator[Link]:
        """The links of a file, newest first."""
        return map(Link.of, self._pages(f"/v1/files/{file_id}/links"))

    def revoke_link(self, which: str) -> None:
        """End a link at once, by its id or its token."""
        self.request("DELETE", f"/v1/links/{step(which)}")

    # Buckets

    def buckets(self) -> Iterator[Bucket]:
        """Own buckets and `default`."""
        return map(Bucket.of, self._pages("/v1/buckets"))

    def create_bucket(self, name: str) -> Bucket:
        """Make a bucket: 3-40 of a-z, 0-9 and -, unique in the deployment."""
        return Bucket.of(self._call("POST", "/v1/buckets", json={"name": name}, headers=_once()))

    def delete_bucket(self, name: str) -> None:
        """Remove a bucket that holds no files and no unfinished uploads."""
        self.request("DELETE", f"/v1/buckets/{step(name)}")

    # How requests are made

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Send with the session's token, refreshed when it has expired; `Refused` for an error."""
        session = self.session
        answer = self._send(method, path, session.access_token, **arguments)
        for _ in range(_REFRESHES):
            if not _token_expired(answer):
                break
            session = self._sessions.renew(session, self._spend)
            answer = self._send(method, path, session.access_token, **arguments)
        return _good(answer)

    def _spend(self, stale: Session) -> Session:
        # Tried again after a lost answer: then the token is spent, or this is what helps.
        return self._session(
            self._public("/v1/auth/refresh", {"refresh_token": stale.refresh_token})
        )

    def _session(self, tokens: Json) -> Session:
        user = tokens["user"]
        secrets = tokens["access_token"], tokens["refresh_token"]
        return Session(self.url, user["id"], user["email"], *secrets)

    def _public(self, path: str, body: Json, headers: dict[str, str] | None = None) -> Json:
        return http.said(_good(self._send("POST", path, None, json=body, headers=headers or {})))

    def _send(self, method: str, path: str, token: str | None, **arguments: Any) -> httpx.Response:
        headers = dict(arguments.pop("headers", {}))
        if token:
            headers["authorization"] = f"Bearer {token}"
        return persist(
            lambda: self._http.request(method, path, headers=headers, **arguments),
            self.patience,
            sleep=self.sleep,
        )

    def _call(self, method: str, path: str, **arguments: Any) -> Json:
        answer = self.request(method, path, **arguments)
        return http.said(answer) if answer.content else {}

    def _pages(self, path: str, query: Json | None = None) -> Iterator[Json]:
        cursor = None
        while True:
            asked = {"limit": _PAGE, **(query or {}), **({"cursor": cursor} if cursor else {})}
            page = self._call("GET", path, params=asked)
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return


def _once() -> dict[str, str]:
    """Headers of a request that, sent again after a lost answer, does what it did, not more."""
    return {"idempotency-key": str(uuid4())}


def _good(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    raise Refused.by(answer)


def _token_expired(answer: httpx.Response) -> bool:
    return answer.status_code == 401 and Refused.by(answer).code == "token_expired"


def _user(said: Json) -> User:
    return User(said["id"], said["email"], said["plan"], said["role"])


def _fragments(listed: Iterable[Json], answer: httpx.Response) -> list[Fragment]:
    now = time.monotonic()
    return [
        Fragment(
            **{name: said[name] for name in ("number", "offset", "size", "url", "headers")},
            good_until=now + http.server_seconds_until(said["expires_at"], answer),
        )
        for said in listed
    ]
