"""The process that decodes.

    python -m fragua.images.child SOURCE FOLDER HEIGHT...

It limits itself before it looks at the bytes, and prints what came out as JSON. Decoders are large
programs that read what anyone sent; when one goes wrong, this process ends and nothing else.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fragua.images import limits
from fragua.images.refusal import Refusal, too_complex

_LIMITS = {
    # Not the address space: a thread reserves 64 MB of that and uses none.
    resource.RLIMIT_DATA: limits.MEMORY,
    resource.RLIMIT_CPU: limits.CPU_SECONDS,
    resource.RLIMIT_FSIZE: limits.OUTPUT_BYTES,
    resource.RLIMIT_CORE: 0,
}


def main() -> None:
    """Print the picture, or the refusal, as one object of JSON."""
    for kind, limit in _LIMITS.items():
        resource.setrlimit(kind, (limit, limit))
    source, folder, *heights = sys.argv[1:]
    json.dump(_render(Path(source), Path(folder), [int(height) for height in heights]), sys.stdout)


def _render(source: Path, folder: Path, heights: list[int]) -> dict[str, Any]:
    # Imported under the limits.
    from fragua.images.pyramid import render

    try:
        return {"picture": asdict(render(source, heights, folder))}
    except MemoryError:
        return _refused(too_complex())
    except Refusal as refusal:
        return _refused(refusal)


def _refused(refusal: Refusal) -> dict[str, Any]:
    """What the owner is told, and for the log the kind of error that was behind it."""
    cause = type(refusal.__cause__).__name__ if refusal.__cause__ else None
    return {"code": refusal.code, "reason": refusal.reason, "cause": cause}


if __name__ == "__main__":
    main()
