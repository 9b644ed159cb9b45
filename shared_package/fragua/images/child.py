"""The process that decodes.

    python -m fragua.images.child SOURCE FOLDER HEIGHT...

It limits itself before it looks at the bytes, and prints what came out as JSON. Decoders are large
programs that read what anyone sent; when one goes wrong, this process ends and nothing else. Where
it is no fault of the bytes, a full disk or a missing library, it says so and exits with LATER.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fragua import restraint
from fragua.errors import Refusal
from fragua.images import limits
from fragua.images.refusal import damaged, is_machines, too_complex

LATER = os.EX_TEMPFAIL


def main() -> None:
    """Print the picture, or the refusal, as one object of JSON."""
    limit_process(limits.CPU_SECONDS)
    source, folder, *heights = sys.argv[1:]
    said, code = _render(Path(source), Path(folder), [int(height) for height in heights])
    try:
        print(said, flush=True)  # noqa: T201 - the parent reads it
    except OSError:
        # No room for that either. Python itself would end with another code, as it tries again.
        os._exit(LATER)
    sys.exit(code)


def limit_process(cpu_seconds: int) -> None:
    """Take no more from now on; more time ends the process, more memory is a MemoryError."""
    restraint.limit(
        {
            resource.RLIMIT_DATA: limits.MEMORY,
            resource.RLIMIT_AS: limits.ADDRESSES,
            resource.RLIMIT_CPU: cpu_seconds,
            resource.RLIMIT_FSIZE: limits.OUTPUT_BYTES,
        }
    )


def _render(source: Path, folder: Path, heights: list[int]) -> tuple[str, int]:
    """Return what to print, and the code to exit with."""
    try:
        # Imported under the limits.
        from fragua.images.pyramid import render

        return json.dumps({"picture": asdict(render(source, heights, folder))}), 0
    except Refusal as refusal:
        return _refused(refusal, refusal.__cause__), 0
    except MemoryError as error:
        return _refused(too_complex(), error), 0
    # A decoder is imported when the first picture of its kind comes.
    except ImportError as error:
        return str(error), LATER
    # A mistake of ours. The owner is told what is true as well, and the log where it is.
    except Exception as error:  # noqa: BLE001 - nobody else is there to be told
        if is_machines(error):
            return str(error), LATER
        return _refused(damaged(), error, mistake=True), 0


def _refused(refusal: Refusal, cause: BaseException | None, *, mistake: bool = False) -> str:
    """What the owner is told; for the log what kind of error was behind it, and where."""
    answer: dict[str, Any] = {"code": refusal.code, "reason": refusal.reason, "mistake": mistake}
    if cause:
        *_, place = traceback.extract_tb(cause.__traceback__)
        answer["cause"] = f"{type(cause).__name__} in {Path(place.filename).name}:{place.lineno}"
    return json.dumps(answer)


if __name__ == "__main__":
    main()
