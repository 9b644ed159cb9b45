"""How a process logs in to PostgreSQL: by a token of IAM, or by the password of a secret.

Both end: a token after 15 minutes, which only a new connection minds, and a password whenever its
secret is rotated. So neither is part of the URL; each connection is opened with what is good now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from psycopg2 import OperationalError

from fragua import aws
from fragua.settings import settings

# psycopg2's own OpenSSL looks for authorities where it was built.
AUTHORITIES = Path(__file__).with_name("authorities.pem")
# What infrastructure/database.yaml calls the database, and where it listens.
_DATABASE, _PORT = "fragua", 5432
# Seconds in which a token opens connections: as many as IAM gives one.
_LIFETIME = 900


def url(host: str = "") -> sa.URL:
    """Return where PostgreSQL is and who we are there, without a word of how that is proven.

    A `host` is another one for the same database, e.g. a replica's. Raises RuntimeError where the
    environment tells of no database.
    """
    known = _secret() if settings().database_secret else {}
    host = host or settings().database_host or known.get("host", "")
    if not host:
        raise RuntimeError("none of DATABASE_URL, DATABASE_HOST and DATABASE_SECRET is set")
    return sa.URL.create(
        "postgresql",
        username=known.get("username", settings().database_role),
        host=host,
        port=int(known.get("port", _PORT)),
        database=known.get("dbname", _DATABASE),
        query={"sslmode": "verify-full", "sslrootcert": str(AUTHORITIES)},
    )


def connect(dialect: sa.Dialect, _record: object, _args: object, parameters: Any) -> Any:
    """Open a connection, for SQLAlchemy's event `do_connect`."""
    if not settings().database_secret:
        return dialect.connect(**{**parameters, "password": _token(parameters)})
    known = _proof(_secret())
    try:
        return dialect.connect(**{**parameters, **known})
    except OperationalError:
        # What went wrong is told in words alone. Whatever it was: has the password changed?
        _secret.cache_clear()
        if (current := _proof(_secret())) == known:
            raise
        return dialect.connect(**{**parameters, **current})


def forget() -> None:
    """Read the secret anew at the next use."""
    _secret.cache_clear()


def _proof(secret: Mapping[str, Any]) -> dict[str, str]:
    # The user, too: some rotations change between two.
    return {"user": secret["username"], "password": secret["password"]}


@cache
def _secret() -> Mapping[str, Any]:
    answer = aws.call("secretsmanager", "get_secret_value", SecretId=settings().database_secret)
    found: dict[str, Any] = json.loads(answer["SecretString"])
    return found


def _token(parameters: Mapping[str, Any]) -> str:
    """Sign a request to log in, which is the password; a test proves it equal to the SDK's.

    Source: "Connecting to your DB instance using IAM authentication" in the Amazon RDS User Guide.
    """
    address = f"https://{parameters['host']}:{parameters['port']}/"
    asked = {"Action": "connect", "DBUser": parameters["user"]}
    request = AWSRequest("GET", address, params=asked)
    signer = SigV4QueryAuth(aws.credentials(), "rds-db", settings().region, expires=_LIFETIME)
    signer.add_auth(request)
    return str(request.url).removeprefix("https://")
