"""Thumbnails of uploaded pictures.

`service` is the room's face, and `kinds` that for whoever only asks whether bytes are a picture:
it loads neither SQLAlchemy nor Pillow.
"""
