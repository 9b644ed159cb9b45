"""A file without those of its parts that a decoder shall not see."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any


class Pieces(io.RawIOBase):
    """Ranges of a file, (first byte, byte after the last), read as if nothing were between."""

    def __init__(self, path: Path, ranges: Sequence[tuple[int, int]]) -> None:
        self._file = path.open("rb", buffering=0)
        self._ranges = ranges
        # Where each begins in what is seen, and where the last one ends.
        self._begins = [0, *accumulate(end - start for start, end in ranges)]
        self._position = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """The position in what is seen."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move there, also beyond the end."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._begins[-1]}
        self._position = max(0, origin[whence] + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` as far as it goes: chunks are small, and each call costs."""
        view, filled = memoryview(buffer).cast("B"), 0
        while filled < len(view) and self._position < self._begins[-1]:
            got = self._read_piece(view[filled:])
            if not got:
                break
            filled += got
            self._position += got
        return filled

    def _read_piece(self, view: memoryview) -> int:
        """Read from the range that the position is in, at most to its end."""
        number = bisect_right(self._begins, self._position) - 1
        within = self._position - self._begins[number]
        start, end = self._ranges[number]
        self._file.seek(start + within)
        return self._file.readinto(view[: end - start - within]) or 0

    def close(self) -> None:
        """Close the file beneath, too."""
        self._file.close()
        super().close()
