"""Run by the functions' own Python: imports handlers from the given folders and nothing else.

import_all.py FOLDER... -- HANDLER...
"""

from __future__ import annotations

import importlib
import sys


def main() -> None:
    """Print each handler that is there and can be called."""
    split = sys.argv.index("--")
    sys.path[:0] = sys.argv[1:split]
    for handler in sys.argv[split + 1 :]:
        module, _, name = handler.rpartition(".")
        if callable(getattr(importlib.import_module(module), name)):
            sys.stdout.write(f"{handler}\n")


main()
