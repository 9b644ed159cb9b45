"""Alembic without its command line: the migrations travel in the layer.

Each release works on a database that a newer one has migrated: migrations only add, and what nobody
uses any more goes a release later (docs/migrations.md).
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from fragua.database.engine import writer

_SCRIPTS = Path(__file__).parent / "migrations"


def configuration() -> Config:
    """Return the Alembic configuration that points at the shipped migrations."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return config


def upgrade(revision: str = "head") -> str:
    """Bring the database to a revision (safe to run again); return the one that it is at then.

    What a newer release has brought further stays as it is: so an older one can be deployed again.
    """
    if not is_newer(current()):
        command.upgrade(configuration(), revision)
    return current() or ""


def current() -> str | None:
    """Return the revision that the database is at; None where it is empty."""
    with writer() as db:
        return MigrationContext.configure(db).get_current_revision()


def is_newer(revision: str | None) -> bool:
    """Whether a revision is of a newer release than this one."""
    known = ScriptDirectory.from_config(configuration()).walk_revisions()
    return revision is not None and revision not in {script.revision for script in known}


def downgrade(revision: str) -> None:
    """Take the database back to an earlier revision ("base" is the empty one)."""
    command.downgrade(configuration(), revision)
