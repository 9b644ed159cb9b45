"""Lambda's bootstrap, run by `python3.13 -I -S` with the handler, a file to report to, the folders.

    lambda_bootstrap.py HANDLER REPORT /var/runtime /var/task /opt/python...

awslambdaric's folder is off the path again before the function's code comes on, so that no library
of the project can come from there. The report tells where every module came from.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Serve one invocation."""
    handler, report, runtime, *paths = sys.argv[1:]
    sys.path.append(runtime)
    from awslambdaric import bootstrap
    from awslambdaric.lambda_runtime_client import LambdaRuntimeClient

    class OneInvocation(LambdaRuntimeClient):  # type: ignore[misc]  # it ships no types
        """Ends before it asks again: its C++ half would crash on a Runtime API that ends."""

        asked = False

        def wait_next_invocation(self) -> Any:
            """Ask once."""
            if self.asked:
                sys.exit()
            self.asked = True
            return super().wait_next_invocation()

    sys.path.remove(runtime)
    sys.path[:0] = paths
    os.chdir(paths[0])
    try:
        bootstrap.run(handler, OneInvocation(os.environ["AWS_LAMBDA_RUNTIME_API"], False))
    finally:
        origins = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
        with Path(report).open("w") as out:
            json.dump(origins, out)


main()
