"""What the functions' role of PostgreSQL may do: read and write rows, and nothing else.

Whoever migrates owns the tables. Needed where the functions log in as somebody else; safe to run
again.
"""

from __future__ import annotations

import sqlalchemy as sa

from fragua.database.engine import writer

# An answer that comes later is waited for by nobody (fragua.database.engine); and a function that
# Lambda froze in the middle of a transaction shall keep no row locked.
_TIMEOUTS = {
    "statement_timeout": "10s",
    "lock_timeout": "8s",
    "idle_in_transaction_session_timeout": "60s",
}
# The role whose members log in by IAM; there is one in Amazon RDS alone.
_BY_IAM = "rds_iam"


def provide(role: str) -> None:
    """Let there be the role, with what it may do in the database as it is now."""
    with writer() as db:
        name = db.dialect.identifier_preparer.quote(role)
        if not _exists(db, role):
            db.execute(sa.text(f"create role {name} login"))
        if _exists(db, _BY_IAM):
            db.execute(sa.text(f"grant {_BY_IAM} to {name}"))
        for statement in _statements(name):
            db.execute(sa.text(statement))


def _exists(db: sa.Connection, role: str) -> bool:
    found = db.execute(sa.text("select from pg_roles where rolname = :role"), {"role": role})
    return found.rowcount > 0


def _statements(name: str) -> list[str]:
    timeouts = [f"alter role {name} set {what} = '{limit}'" for what, limit in _TIMEOUTS.items()]
    return [
        *timeouts,
        f"grant usage on schema public to {name}",
        f"grant usage on all sequences in schema public to {name}",
        f"grant select, insert, update, delete on all tables in schema public to {name}",
        # What revision the database is at is for those who migrate to say.
        f"revoke insert, update, delete on alembic_version from {name}",
    ]
