"""`fragua bucket`: the buckets that uploads can go to."""

from __future__ import annotations

from dataclasses import asdict

from fragua_client.desk import Desk, show_rows

_COLUMNS = ("name", "region", "created_at")


def ls(desk: Desk) -> int:
    """Own buckets and `default`."""
    show_rows(desk, _COLUMNS, [asdict(bucket) for bucket in desk.client.buckets()])
    return 0


def create(desk: Desk) -> int:
    """Make a bucket."""
    bucket = desk.client.create_bucket(desk.given.name)
    if not desk.given.quiet:
        desk.show(f"Created {bucket.name}")
    return 0


def rm(desk: Desk) -> int:
    """Delete a bucket that is empty."""
    desk.client.delete_bucket(desk.given.name)
    if not desk.given.quiet:
        desk.show(f"Deleted {desk.given.name}")
    return 0
