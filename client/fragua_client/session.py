"""Where a session's tokens are kept, and how its single-use refresh token is spent only once."""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

from fragua_client.errors import NotLoggedIn, Unusable


@dataclass(frozen=True)
class Session:
    """One login at one server."""

    url: str
    user_id: str
    email: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


Spend = Callable[[Session], Session]


class SessionStore(Protocol):
    """Keeps at most one session."""

    def load(self) -> Session | None:
        """The session, if there is one."""

    def save(self, session: Session) -> None:
        """Keep it in place of any other."""

    def forget(self) -> None:
        """Keep none."""

    def renew(self, stale: Session, spend: Spend) -> Session:
        """The session with tokens newer than those of `stale`, which `spend` gets if need be.

        Whoever comes second, a thread or a process, is given what the first one got.
        """


class MemorySession:
    """A session that ends with the process."""

    def __init__(self, session: Session | None = None) -> None:
        self._session = session
        self._lock = threading.Lock()

    def load(self) -> Session | None:
        """The session, if there is one."""
        return self._session

    def save(self, session: Session) -> None:
        """Keep it in place of any other."""
        self._session = session

    def forget(self) -> None:
        """Keep none."""
        self._session = None

    def renew(self, stale: Session, spend: Spend) -> Session:
        """Under a lock of this process."""
        with self._lock:
            self._session = _newer(self._session, stale, spend)
            return self._session


class SessionFile:
    """A session in a file that its owner alone can read, shared by all processes of a user."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Session | None:
        """The session, if there is one; `Unusable` when the file holds something else."""
        try:
            return Session(**json.loads(self._path.read_text()))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError):
            raise Unusable(f"{self._path} is damaged: log in again, or remove it") from None

    def save(self, session: Session) -> None:
        """Replace the file at once and as a whole, mode 0600."""
        private_folder(self._path.parent)
        # mkstemp's mode is 0600.
        descriptor, name = tempfile.mkstemp(dir=self._path.parent, prefix=".session-")
        try:
            with os.fdopen(descriptor, "w") as file:
                json.dump(asdict(session), file)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def forget(self) -> None:
        """Remove the file."""
        self._path.unlink(missing_ok=True)

    def renew(self, stale: Session, spend: Spend) -> Session:
        """Under a lock that other processes respect; the kernel drops it when one is killed."""

        def spend_safely(kept: Session) -> Session:
            # A full disk shows now, and not when the refresh token is spent.
            self.save(kept)
            return spend(kept)

        with self._locked():
            newer = _newer(self.load(), stale, spend_safely)
            self.save(newer)
            return newer

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # A file of its own: the session's is replaced, and a lock would go with the old one.
        private_folder(self._path.parent)
        with self._path.with_suffix(".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _newer(kept: Session | None, stale: Session, spend: Spend) -> Session:
    if kept is None or kept.url != stale.url:
        raise NotLoggedIn.at(stale.url)
    if kept.access_token != stale.access_token:
        return kept
    return spend(kept)


def private_folder(folder: Path) -> Path:
    """Make the folder, for its owner alone, if it is not there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def state_folder() -> Path:
    """Where this user's programs keep what they know (XDG base directories)."""
    given = os.environ.get("XDG_STATE_HOME", "")
    # The specification: a path that is not absolute is passed over.
    root = Path(given) if given.startswith("/") else Path.home() / ".local" / "state"
    return root / "fragua"
