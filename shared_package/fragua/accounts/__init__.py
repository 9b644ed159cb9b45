"""Who somebody is and what they may use.

`service` and `plans` are the room's faces for what needs PostgreSQL; `sessions` and `quota` are its
faces for the hot path, which never loads SQLAlchemy.
"""
