"""How results are shown: a ratio a line, and the target where there is one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One result; `most` is what it shall not exceed."""

    what: str
    value: float
    most: float | None = None

    @property
    def good(self) -> bool:
        """Whether it is within the target, if it has one."""
        return self.most is None or self.value <= self.most


def show(title: str, rows: Iterable[Row]) -> bool:
    """Print rows as they come; return whether all were good."""
    print(f"\n{title}")
    good = True
    for row in rows:
        target = (
            "" if row.most is None else f"  (at most {row.most:g}: {'yes' if row.good else 'NO'})"
        )
        print(f"  {row.what:<52} {row.value:8.3f}{target}", flush=True)
        good &= row.good
    return good
