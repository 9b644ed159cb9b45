"""PostgreSQL: where connections come from, the outbox, the migrations."""

from fragua.database.engine import reader, writer

__all__ = ["reader", "writer"]
