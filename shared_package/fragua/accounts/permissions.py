"""Who may use which route: the one table. A route that is not in it can't be served.

superadmin  manages users, roles and plans, and everything an admin may
admin       everything a user may; manages the catalog, reads users, changes none; takes videos
            of others out of the gallery
user        what is the own; reads the catalog, votes
anonymous   came without a token
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from fragua.accounts.store import Role
from fragua.errors import Problem

Visitors = frozenset[Role | Literal["anonymous"]]

SUPERADMINS: Visitors = frozenset({"superadmin"})
ADMINS: Visitors = SUPERADMINS | {"admin"}
MEMBERS: Visitors = ADMINS | {"user"}
ANYONE: Visitors = MEMBERS | {"anonymous"}

# Method and path as the function says them.
ROLES: Mapping[str, Visitors] = {
    "POST /v1/auth/register": ANYONE,
    "POST /v1/auth/login": ANYONE,
    "POST /v1/auth/refresh": ANYONE,
    "POST /v1/auth/logout": MEMBERS,
    "GET /v1/auth/session": MEMBERS,
    "POST /v1/auth/password": MEMBERS,
    "GET /v1/users/me": MEMBERS,
    "PATCH /v1/users/me": MEMBERS,
    "GET /v1/users": ADMINS,
    "POST /v1/users": SUPERADMINS,
    "GET /v1/users/<user_id>": ADMINS,
    "PATCH /v1/users/<user_id>": SUPERADMINS,
    "DELETE /v1/users/<user_id>": SUPERADMINS,
    "GET /v1/plans": MEMBERS,
    "POST /v1/plans": SUPERADMINS,
    "PATCH /v1/plans/<name>": SUPERADMINS,
    "DELETE /v1/plans/<name>": SUPERADMINS,
    "GET /v1/buckets": MEMBERS,
    "POST /v1/buckets": MEMBERS,
    "DELETE /v1/buckets/<name>": MEMBERS,
    "GET /v1/uploads": MEMBERS,
    "POST /v1/uploads": MEMBERS,
    "GET /v1/uploads/<upload_id>": MEMBERS,
    "DELETE /v1/uploads/<upload_id>": MEMBERS,
    "POST /v1/uploads/<upload_id>/fragments": MEMBERS,
    "PUT /v1/uploads/<upload_id>/fragments/<number>": MEMBERS,
    "POST /v1/uploads/<upload_id>/complete": MEMBERS,
    "GET /v1/files": MEMBERS,
    "GET /v1/files/<file_id>": MEMBERS,
    "PATCH /v1/files/<file_id>": MEMBERS,
    "DELETE /v1/files/<file_id>": MEMBERS,
    "GET /v1/files/<file_id>/download": MEMBERS,
    "GET /v1/files/<file_id>/links": MEMBERS,
    "POST /v1/files/<file_id>/links": MEMBERS,
    "DELETE /v1/links/<link_id>": MEMBERS,
    "GET /l/<token>": ANYONE,
    "HEAD /l/<token>": ANYONE,
    "GET /v1/images": MEMBERS,
    "GET /v1/images/<file_id>": MEMBERS,
    "GET /v1/videos": MEMBERS,
    "POST /v1/videos": MEMBERS,
    "GET /v1/videos/<video_id>": MEMBERS,
    "DELETE /v1/videos/<video_id>": MEMBERS,
    "POST /v1/videos/<video_id>/publish": MEMBERS,
    "POST /v1/videos/<video_id>/unpublish": MEMBERS,
    "GET /v1/public/videos": ANYONE,
    "POST /v1/public/videos/<video_id>/vote": MEMBERS,
    "DELETE /v1/public/videos/<video_id>/vote": MEMBERS,
    "GET /v1/public/rankings": ANYONE,
    "GET /v1/products": ANYONE,
    "POST /v1/products": ADMINS,
    "GET /v1/products/<sku>": ANYONE,
    "HEAD /v1/products/<sku>": ANYONE,
    "PATCH /v1/products/<sku>": ADMINS,
    "DELETE /v1/products/<sku>": ADMINS,
    "GET /v1/products/<sku>/history": ADMINS,
    "GET /v1/reports/product-views": ADMINS,
    "GET /v1/notifications": MEMBERS,
    "POST /v1/notifications/<notification_id>/read": MEMBERS,
    "GET /v1/health": ANYONE,
    "GET /v1/openapi.json": ANYONE,
    "GET /docs": ANYONE,
}


def require(role: Role, roles: Visitors) -> None:
    """Raise `Problem` forbidden unless the role is among those of a route."""
    if role not in roles:
        raise Problem("forbidden")
