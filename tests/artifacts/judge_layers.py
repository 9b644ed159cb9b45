"""Run by the functions' own Python: prints, as JSON, the modules of folders that aren't compiled.

Compiled: a .pyc of this Python beside each .py, "unchecked" (PEP 552), of the very source that is
there, and naming it as Lambda will see it.
"""

from __future__ import annotations

import importlib.util
import json
import marshal
import sys
from pathlib import Path

# The second word of the header: made by hash, and never compared with the source again.
UNCHECKED = (1).to_bytes(4, "little")


def fault(source: Path, root: Path) -> str | None:
    """Say what is wrong with a module's .pyc."""
    compiled = Path(importlib.util.cache_from_source(str(source)))
    if not compiled.exists():
        return "no .pyc"
    content = compiled.read_bytes()
    if content[:8] != importlib.util.MAGIC_NUMBER + UNCHECKED:
        return f"header {content[:8].hex()}"
    if content[8:16] != importlib.util.source_hash(source.read_bytes()):
        return "of another source"
    name = marshal.loads(content[16:]).co_filename  # noqa: S302 - of our own making
    return None if name == f"/opt/{source.relative_to(root)}" else f"named {name}"


def main() -> None:
    """Judge all modules in all folders."""
    faults = {}
    for root in map(Path, sys.argv[1:]):
        for source in root.rglob("*.py"):
            if found := fault(source, root):
                faults[str(source)] = found
    json.dump(faults, sys.stdout)


main()
