"""Files of one owner among another's: GET /v1/files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from benchmarks.listing_pages import Ask
from fragua.files.service import Filters, page

OWNER, NEIGHBOUR = UUID(int=1), UUID(int=2)
# Rows of the two take turns, one a second, so neither lies together in the table.
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)

USERS = """
insert into users (id, email, email_key, password_hash, first_name, last_name, role, plan,
                   created_at)
select id, id::text, id::text, '', 'A', 'B', 'user', 'basic', now()
from unnest(cast(:owners as uuid[])) as id
"""
# Ids are UUIDv7 of the row's own second. Of ten files six are text, three pictures, one a video;
# one in two is called report. The five oldest are `rare` in name, type and bucket; the oldest
# twentieth is `old` in all three: many files, but none of them on the newest pages.
FILES = """
insert into files (id, owner_id, upload_id, file_name, file_name_key, size, content_type,
                   content_type_key, bucket, s3_bucket, object_key, checksums, status, created_at)
select id, owner, id, name, name, 1, type, type, coalesce(age, 'default'), 's3', 'files/' || id,
       '{}', 'ready', made
from generate_series(1, :rows) as n,
     unnest(cast(:owners as uuid[])) with ordinality as who(owner, seat),
     lateral (select case when n <= 5 then 'rare' when n <= :rows / 20 + 5 then 'old' end as age,
                     cast(:begin as timestamptz) + n * interval '1 s' as made),
     lateral (select md5(n || '-' || seat) as noise),
     lateral (select (lpad(to_hex(cast(extract(epoch from made) as bigint) * 1000), 12, '0')
                      || '7' || substr(noise, 1, 3) || '8' || substr(noise, 4, 15))::uuid as id),
     lateral (select coalesce(age, case when n % 2 = 0 then 'report' else 'photo' end) || ' '
                     || noise as name),
     lateral (select case when age is not null then 'application/x-' || age
                          when n % 10 < 6 then 'text/plain'
                          when n % 10 < 9 then 'image/png' else 'video/mp4' end as type)
"""


def fill(db: sa.Connection, rows: int) -> None:
    """Write `rows` files for each of two owners."""
    owners = [str(OWNER), str(NEIGHBOUR)]
    db.execute(sa.text(USERS), {"owners": owners})
    db.execute(sa.text(FILES), {"owners": owners, "rows": rows, "begin": BEGIN})


def asks(rows: int) -> dict[str, Ask]:
    """The list with each filter."""
    middle = BEGIN + timedelta(seconds=rows // 2)
    filters = {
        "none": Filters(),
        "created_before": Filters(created_before=middle),
        "created_after": Filters(created_after=middle),
        "name": Filters(name="Report"),
        "content_type": Filters(content_type="image/"),
        "bucket": Filters(bucket="default"),
    }
    for age, found in (("old", "oldest 5 %"), ("rare", "5 oldest"), ("nothing", "no file")):
        filters[f"name, {found}"] = Filters(name=age)
        filters[f"content_type, {found}"] = Filters(content_type=f"application/x-{age}")
        filters[f"bucket, {found}"] = Filters(bucket=age)
    return {name: partial(page, OWNER, given) for name, given in filters.items()}
