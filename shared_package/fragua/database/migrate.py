"""Alembic without its command line: the migrations travel in the layer."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

_SCRIPTS = Path(__file__).parent / "migrations"


def configuration() -> Config:
    """Return the Alembic configuration that points at the shipped migrations."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return config


def upgrade(revision: str = "head") -> str:
    """Bring the database to a revision (safe to run again); return the newest one there is."""
    command.upgrade(configuration(), revision)
    return ScriptDirectory.from_config(configuration()).get_current_head() or ""


def downgrade(revision: str) -> None:
    """Take the database back to an earlier revision ("base" is the empty one)."""
    command.downgrade(configuration(), revision)
