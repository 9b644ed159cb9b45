"""A worker's lease of an upload, prolonged while there is work."""

from __future__ import annotations

import time
from threading import Lock

from fragua.errors import Retry
from fragua.settings import settings
from fragua.uploads import store
from fragua.uploads.upload import Upload


class Lease:
    """What `worker` has of an upload; all its threads share it."""

    def __init__(self, upload: Upload, worker: str) -> None:
        self.worker = worker
        self._upload = upload
        self._lock = Lock()
        self._taken = time.monotonic()

    def keep(self) -> None:
        """Prolong it when a third of it is over; `Retry` when another worker has it by now."""
        with self._lock:
            if time.monotonic() - self._taken > settings().scaled(store.LEASE) / 3:
                self._prolong()

    def prolong(self) -> None:
        """Prolong it now, before a step that only its holder shall take; `Retry` like `keep`."""
        with self._lock:
            self._prolong()

    def _prolong(self) -> None:
        if store.lease(self._upload, self.worker) is None:
            raise Retry("another worker has the lease")
        self._taken = time.monotonic()
