"""The presigned URLs of one upload: fetched by the thousand, before they expire or when refused."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

from fragua_client.models import Fragment

# URLs in one request.
_BATCH = 1000
# Seconds that a URL must be good for when a request with it begins.
_MARGIN = 30.0


class Urls:
    """URLs for the fragments `numbers`, which are in ascending order; safe from any thread."""

    def __init__(
        self,
        fetch: Callable[[Sequence[int]], Iterable[Fragment]],
        numbers: Sequence[int],
        known: Iterable[Fragment] = (),
    ) -> None:
        self._fetch = fetch
        self._numbers = numbers
        self._known = {fragment.number: fragment for fragment in known}
        # Also held while fetching: whoever waits for it needs the same batch.
        self._lock = threading.Lock()

    def get(self, number: int) -> Fragment:
        """A URL that is good for long enough to begin with."""
        with self._lock:
            if not self._good(number):
                fetched = self._fetch(self._batch(number))
                self._known |= {fragment.number: fragment for fragment in fetched}
            return self._known[number]

    def drop(self, fragment: Fragment) -> None:
        """It was used or refused; unless there is a newer one already, the next `get` asks."""
        with self._lock:
            if self._known.get(fragment.number) is fragment:
                del self._known[fragment.number]

    def _good(self, number: int) -> bool:
        known = self._known.get(number)
        return known is not None and known.good_until - time.monotonic() > _MARGIN

    def _batch(self, number: int) -> list[int]:
        """`number` and those after it that have no good URL."""
        at = bisect_left(self._numbers, number)
        following = self._numbers[at : at + _BATCH]
        return [candidate for candidate in following if not self._good(candidate)]
