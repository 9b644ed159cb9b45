"""The process that becomes ffmpeg.

    python -m fragua.videos.child PARENT CPU_SECONDS MEMORY OUTPUT FFMPEG ARGUMENT...

It limits itself, and what it turns into can't get out of that. It ends with the worker, however
that ends. Where it can't become ffmpeg, that is no fault of any video: it exits with LATER.
"""

from __future__ import annotations

import os
import resource
import signal
import sys

from fragua import restraint

LATER = os.EX_TEMPFAIL


def main() -> None:
    """Become the program that is named, within the limits, without an environment."""
    parent, cpu_seconds, memory, output = map(int, sys.argv[1:5])
    restraint.die_with_parent()
    if os.getppid() != parent:
        # It has ended before it could take this process along.
        sys.exit(LATER)
    # On a laptop the API answers meanwhile; but whoever waits for a video shall not wait for ever.
    os.nice(10)
    restraint.limit(
        {
            resource.RLIMIT_CPU: cpu_seconds,
            resource.RLIMIT_DATA: memory,
            resource.RLIMIT_FSIZE: output,
        }
    )
    # Python ignores it, and what is ignored stays ignored.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    os.execve(sys.argv[5], sys.argv[5:], {})  # noqa: S606 - a shell is what it must not have


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(LATER)
