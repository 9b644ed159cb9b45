"""The routes of the contract that these tests cover."""

from uuid import UUID

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

CLOSED = [
    ("POST", "/v1/auth/logout"),
    ("GET", "/v1/auth/session"),
    ("POST", "/v1/auth/password"),
    ("GET", "/v1/users/me"),
    ("PATCH", "/v1/users/me"),
    ("GET", "/v1/plans"),
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
]

# Routes that read a JSON body; the last one may also come without. (Logout has tests of its own:
# a body wrongly taken would end the session that the other tests use.)
WITH_BODY = [
    ("POST", "/v1/auth/register"),
    ("POST", "/v1/auth/login"),
    ("POST", "/v1/auth/refresh"),
    ("POST", "/v1/auth/password"),
    ("PATCH", "/v1/users/me"),
    ("POST", "/v1/uploads"),
    ("POST", "/v1/uploads/{id}/fragments"),
    ("PATCH", "/v1/files/{id}"),
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
]
