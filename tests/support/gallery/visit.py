"""What comes of an exhibit, by the same door as in Lambda, and what that costs."""

from __future__ import annotations

import resource
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fragua.errors import Refusal
from fragua.images import workshop
from fragua.uploads.assembly import PROBE
from fragua.uploads.detection import detect

if TYPE_CHECKING:
    from fragua.images.picture import Picture
    from tests.support.gallery.exhibit import Exhibit

HEIGHTS = (200, 400)
MEGABYTE = 2**20


@dataclass(frozen=True)
class Visit:
    """One end of two, and what its process took."""

    end: Picture | Refusal
    folder: Path
    # Seconds, of user and system.
    cpu: float
    # Bytes that were resident at once; 0 where an earlier process of this one's took more.
    peak: int
    # What a file of these bytes is taken for when it is published.
    detected: str | None

    @property
    def refused(self) -> bool:
        """Whether there are no thumbnails."""
        return isinstance(self.end, Refusal)

    @property
    def picture(self) -> Picture:
        """The picture; AssertionError tells why it was refused."""
        assert not isinstance(self.end, Refusal), f"{self.end.code}: {self.end.reason}"
        return self.end

    @property
    def refusal(self) -> Refusal:
        """The refusal; AssertionError tells what was made instead."""
        assert isinstance(self.end, Refusal), f"became {self.end}"
        return self.end

    @property
    def files(self) -> dict[str, bytes]:
        """What each thumbnail consists of, by its name on disk."""
        return {
            each.file: (self.folder / each.file).read_bytes() for each in self.picture.thumbnails
        }


def visit(exhibit: Exhibit, folder: Path, heights: Sequence[int] = HEIGHTS) -> Visit:
    """Make an exhibit and bring it to its end; its thumbnails go into a new folder of its name."""
    target = folder / exhibit.name
    target.mkdir()
    source = folder / exhibit.file_name
    source.write_bytes(data := exhibit.make())
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    end: Picture | Refusal
    try:
        end = workshop.make(source, heights, target)
    except Refusal as refusal:
        end = refusal
    finally:
        source.unlink()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Visit(end, target, cpu, _peak(before, after), detect(data[:PROBE]))


def _peak(before: resource.struct_rusage, after: resource.struct_rusage) -> int:
    """Return the largest child's memory, unless it was there before, or was never a child's own.

    Linux counts what this process itself holds as taken by a child, until it runs its program.
    """
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    grown = after.ru_maxrss > max(before.ru_maxrss, own)
    return after.ru_maxrss * 1024 if grown else 0
