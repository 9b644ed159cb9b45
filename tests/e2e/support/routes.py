"""The routes of the contract that these tests cover."""

from typing import Any
from uuid import UUID

# Operations of the OpenAPI document by method and path, every path parameter written {}.
Operations = dict[tuple[str, str], dict[str, Any]]

# A UUIDv7 of the right form that nobody has.
ABSENT = str(UUID("01890000-0000-7000-8000-00000000dead"))

PUBLIC = [
    ("POST", "/v1/auth/register"),
    ("POST", "/v1/auth/login"),
    ("POST", "/v1/auth/refresh"),
    ("GET", "/v1/health"),
    ("GET", "/v1/openapi.json"),
    ("GET", "/docs"),
]
# Public, too, but it leads nowhere without somebody's token.
BY_TOKEN = ("GET", "/l/{id}")

CLOSED = [
    ("POST", "/v1/auth/logout"),
    ("GET", "/v1/auth/session"),
    ("POST", "/v1/auth/password"),
    ("GET", "/v1/users/me"),
    ("PATCH", "/v1/users/me"),
    ("GET", "/v1/users"),
    ("POST", "/v1/users"),
    ("GET", "/v1/users/{id}"),
    ("PATCH", "/v1/users/{id}"),
    ("DELETE", "/v1/users/{id}"),
    ("GET", "/v1/plans"),
    ("POST", "/v1/plans"),
    ("PATCH", "/v1/plans/{id}"),
    ("DELETE", "/v1/plans/{id}"),
    ("GET", "/v1/buckets"),
    ("POST", "/v1/buckets"),
    ("DELETE", "/v1/buckets/{id}"),
    ("POST", "/v1/uploads"),
    ("GET", "/v1/uploads"),
    ("GET", "/v1/uploads/{id}"),
    ("POST", "/v1/uploads/{id}/fragments"),
    ("POST", "/v1/uploads/{id}/complete"),
    ("DELETE", "/v1/uploads/{id}"),
    ("GET", "/v1/files"),
    ("GET", "/v1/files/{id}"),
    ("PATCH", "/v1/files/{id}"),
    ("DELETE", "/v1/files/{id}"),
    ("GET", "/v1/files/{id}/download"),
    ("POST", "/v1/files/{id}/links"),
    ("GET", "/v1/files/{id}/links"),
    ("DELETE", "/v1/links/{id}"),
    ("GET", "/v1/images"),
    ("GET", "/v1/images/{id}"),
    ("POST", "/v1/products"),
    ("PATCH", "/v1/products/{id}"),
    ("DELETE", "/v1/products/{id}"),
    ("GET", "/v1/products/{id}/history"),
    ("GET", "/v1/reports/product-views"),
    ("GET", "/v1/notifications"),
    ("POST", "/v1/notifications/{id}/read"),
]
# Says all by its path.
BODILESS = ("POST", "/v1/notifications/{id}/read")

# Routes that read a JSON body; the last one may also come without. (Logout has tests of its own:
# a body wrongly taken would end the session that the other tests use. So have plans, users and
# products: who may not change them is refused before the body is read.)
WITH_BODY = [
    ("POST", "/v1/auth/register"),
    ("POST", "/v1/auth/login"),
    ("POST", "/v1/auth/refresh"),
    ("POST", "/v1/auth/password"),
    ("PATCH", "/v1/users/me"),
    ("POST", "/v1/uploads"),
    ("POST", "/v1/uploads/{id}/fragments"),
    ("PATCH", "/v1/files/{id}"),
    ("POST", "/v1/buckets"),
    ("POST", "/v1/files/{id}/links"),
    ("POST", "/v1/uploads/{id}/complete"),
]
BODY_NEEDED = WITH_BODY[:-1]

# Routes of one upload or one file, with a body that is right in form.
BY_ID = [
    ("GET", "/v1/uploads/{id}", None),
    ("POST", "/v1/uploads/{id}/fragments", {"numbers": [1]}),
    ("POST", "/v1/uploads/{id}/complete", None),
    ("DELETE", "/v1/uploads/{id}", None),
    ("GET", "/v1/files/{id}", None),
    ("PATCH", "/v1/files/{id}", {"file_name": "stolen.txt"}),
    ("DELETE", "/v1/files/{id}", None),
    ("GET", "/v1/files/{id}/download", None),
    ("GET", "/v1/files/{id}/download?redirect=false", None),
    ("GET", "/v1/files/{id}/links", None),
]

# Routes of other things that somebody owns, with a body that is right in form; a bucket's id is its
# name. Links need a plan that allows them.
OWNED = [
    ("POST", "/v1/files/{id}/links", {"expires_in": 60}),
    ("DELETE", "/v1/links/{id}", None),
    ("GET", "/v1/images/{id}", None),
    ("GET", "/v1/images/{id}?format=jpeg", None),
    ("DELETE", "/v1/buckets/{id}", None),
]
