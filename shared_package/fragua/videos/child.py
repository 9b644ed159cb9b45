"""The process that becomes ffmpeg.

    python -m fragua.videos.child CPU_SECONDS MEMORY OUTPUT FFMPEG ARGUMENT...

It limits itself, and what it turns into can't get out of that. It ends with the worker, however
that ends.
"""

from __future__ import annotations

import os
import resource
import signal
import sys

from fragua import restraint


def main() -> None:
    """Become the program that is named, within the limits, without an environment."""
    cpu_seconds, memory, output = map(int, sys.argv[1:4])
    restraint.die_with_parent()
    restraint.let_others_go_first()
    restraint.limit(
        {
            resource.RLIMIT_CPU: cpu_seconds,
            resource.RLIMIT_DATA: memory,
            resource.RLIMIT_FSIZE: output,
        }
    )
    # Python ignores it, and what is ignored stays ignored.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    os.execve(sys.argv[4], sys.argv[4:], {})  # noqa: S606 - a shell is what it must not have


if __name__ == "__main__":
    main()
