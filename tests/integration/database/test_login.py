"""Every connection is opened by what proves today who we are."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import boto3
import psycopg2
import pytest
import sqlalchemy as sa

from fragua import aws
from fragua.database import login
from fragua.database.engine import engine, reader_engine, writer
from fragua.errors import Refused
from tests.support.backend import environment_of

pytestmark = pytest.mark.usefixtures("backend")
HOST = "proxy.example.eu-west-1.rds.amazonaws.com"
BY_IAM = {"DATABASE_URL": "", "DATABASE_HOST": HOST, "DATABASE_ROLE": "fragua"}
REPLICA = {"DATABASE_READER_HOST": "replica.example"}


class Refusing(sa.Dialect):
    """Keeps what it was told to connect with."""

    def __init__(self) -> None:
        self.told: dict[str, Any] = {}

    def connect(self, *_: Any, **parameters: Any) -> Any:
        self.told = parameters


def token() -> str:
    dialect = Refusing()
    login.connect(dialect, None, (), {"host": HOST, "port": 5432, "user": "fragua"})
    return str(dialect.told["password"])


def test_iam_is_asked_for_by_the_host_of_the_proxy_and_tls_is_verified() -> None:
    with environment_of(BY_IAM):
        url = engine().url
    assert (url.host, url.port, url.database, url.username) == (HOST, 5432, "fragua", "fragua")
    assert url.password is None
    assert url.query["sslmode"] == "verify-full"


def test_a_replica_is_reached_by_iam_as_well() -> None:
    with environment_of(BY_IAM):
        assert reader_engine() is engine()
    with environment_of(BY_IAM | REPLICA):
        assert reader_engine().url == engine().url.set(host="replica.example")


def test_the_token_is_the_one_that_the_sdk_makes() -> None:
    with environment_of(BY_IAM):
        ours = token()
        theirs = boto3.client("rds").generate_db_auth_token(HOST, 5432, "fragua")

    def parts(made: str) -> tuple[Any, dict[str, list[str]]]:
        split = urlsplit(f"https://{made}")
        return split.netloc + split.path, parse_qs(split.query, strict_parsing=True)

    (place, asked), (place_of_sdk, asked_of_sdk) = parts(ours), parts(theirs)
    assert place == place_of_sdk == f"{HOST}:5432/"
    # Signed in the same second as a rule; the signature is of the date, too.
    if asked["X-Amz-Date"] == asked_of_sdk["X-Amz-Date"]:
        assert asked == asked_of_sdk
    assert asked.keys() == asked_of_sdk.keys()
    assert asked["DBUser"] == ["fragua"]
    assert asked["X-Amz-Expires"] == ["900"]


def test_each_authority_can_be_read_and_is_of_amazon() -> None:
    with environment_of(BY_IAM):
        path = Path(str(engine().url.query["sslrootcert"]))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(path)
    names = [
        value
        for found in context.get_ca_certs()
        for ((name, value),) in cast("tuple[Any, ...]", found["subject"])
        if name == "commonName"
    ]
    assert len(names) == len(set(names)) == path.read_text().count("BEGIN CERTIFICATE")
    assert {"Amazon Root CA 1", "Amazon RDS eu-west-1 Root CA RSA2048 G1"} <= set(names)
    assert all(name.startswith(("Amazon R", "Starfield Services Root")) for name in names)


# --- a secret that is rotated ------------------------------------------------------------------


@contextmanager
def role_with(password: str) -> Iterator[str]:
    """Make a role of PostgreSQL; it is gone afterwards."""
    name = f"role_{uuid4().hex}"
    with writer() as db:
        db.execute(sa.text(f"create role {name} login password '{password}'"))
    yield name
    with writer() as db:
        db.execute(sa.text(f"drop role {name}"))


def another_does(backend: dict[str, str], statement: str) -> None:
    """Let somebody else do it, so that this process goes on with what it remembers."""
    server = psycopg2.connect(backend["DATABASE_URL"])
    with server, server.cursor() as cursor:
        cursor.execute(statement)
    server.close()


def secret_of(role: str, password: str) -> str:
    content = json.dumps({"host": "db.example", "username": role, "password": password})
    name = uuid4().hex
    made = aws.call("secretsmanager", "create_secret", Name=name, SecretString=content)
    return str(made["ARN"])


def rotate(arn: str, role: str, password: str) -> None:
    content = json.dumps({"host": "db.example", "username": role, "password": password})
    aws.call("secretsmanager", "put_secret_value", SecretId=arn, SecretString=content)


@contextmanager
def deployed_with(arn: str, backend: dict[str, str]) -> Iterator[Any]:
    """Yield what opens a connection as the function of a deployment with that secret does."""
    server = sa.make_url(backend["DATABASE_URL"])
    dialect = engine().dialect
    parameters = {"host": server.host, "port": server.port, "dbname": server.database}

    def open_one() -> str:
        connection = login.connect(dialect, None, (), parameters)
        with connection, connection.cursor() as cursor:
            cursor.execute("select current_user")
            user = str(cursor.fetchone()[0])
        connection.close()
        return user

    with environment_of({"DATABASE_URL": "", "DATABASE_SECRET": arn}):
        yield open_one


def test_a_warm_function_notices_that_the_password_was_rotated(backend: dict[str, str]) -> None:
    with role_with("old") as role:
        arn = secret_of(role, "old")
        with deployed_with(arn, backend) as log_in:
            assert log_in() == role
            another_does(backend, f"alter role {role} password 'new'")
            rotate(arn, role, "new")
            assert log_in() == role


def test_a_rotation_may_change_the_role(backend: dict[str, str]) -> None:
    with role_with("old") as first, role_with("new") as second:
        arn = secret_of(first, "old")
        with deployed_with(arn, backend) as log_in:
            assert log_in() == first
            another_does(backend, f"alter role {first} password 'another'")
            rotate(arn, second, "new")
            assert log_in() == second


def test_a_password_that_nobody_changed_is_tried_once(backend: dict[str, str]) -> None:
    with (
        role_with("right") as role,
        deployed_with(secret_of(role, "wrong"), backend) as log_in,
        pytest.raises(psycopg2.OperationalError),
    ):
        log_in()


def test_a_secret_that_is_gone_is_not_taken_for_a_database_that_is_down(
    backend: dict[str, str],
) -> None:
    with (
        deployed_with(
            f"arn:aws:secretsmanager:us-east-1:123456789012:secret:{uuid4().hex}", backend
        ) as log_in,
        pytest.raises(Refused),
    ):
        log_in()
