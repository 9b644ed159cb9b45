"""The services that a benchmark runs against, and the functions' environment for them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fragua import aws
from fragua.database import engine, migrate
from fragua.settings import settings
from local.deployment import deploy
from local.emulator import emulator
from local.postgres import postgres
from local.template import load

TEMPLATE = Path(__file__).parent.parent / "template.yaml"


@contextmanager
def services(**more: str) -> Iterator[None]:
    """Deploy the template to an emulator and a PostgreSQL; `more` is added to the environment."""
    before = dict(os.environ)
    with emulator() as endpoint, postgres() as url:
        os.environ.update(deploy(load(TEMPLATE), endpoint, url).environment | more)
        migrate.upgrade()
        try:
            yield
        finally:
            engine.engine().dispose()
            os.environ.clear()
            os.environ.update(before)
            # The next ones are others.
            settings.cache_clear()
            engine.forget()
            aws.forget()
