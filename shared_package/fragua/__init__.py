"""Fragua: fragments in, one verified file out. The code that all functions share."""

import gc
import os

if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    # Nothing that imports leave is garbage, and looking for it is a tenth of a cold start.
    gc.disable()


def started() -> None:
    """Collect garbage from here on, but not what was imported: the cold start is over."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
