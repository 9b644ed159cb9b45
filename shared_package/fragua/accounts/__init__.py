"""Who somebody is and what they may use.

`service` is the room's face for what needs PostgreSQL; `sessions` and `quota` are its face for the
hot path, which never loads SQLAlchemy.
"""
