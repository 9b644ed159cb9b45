"""Run the benchmarks named on the command line, or all of them."""

from __future__ import annotations

import sys
from importlib import import_module

ALL = ("fragments", "listing", "rankings", "assembly", "thumbnails", "cold_start")


def main() -> int:
    """Run them one after another; 1 when one missed its target, 2 for a name that is none."""
    names = sys.argv[1:] or ALL
    if unknown := set(names) - set(ALL):
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(ALL)}")
        return 2
    met = [import_module(f"benchmarks.{name}").main() for name in names]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
