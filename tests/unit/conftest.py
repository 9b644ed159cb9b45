"""Settings without services; whatever asks AWS here is answered by botocore's Stubber."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from botocore.stub import Stubber

from fragua import aws
from tests.support.backend import environment_of

ENVIRONMENT = {
    "AWS_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret/of+an example",
    "STAGE": "unit",
    "BUCKET_OWNER": "123456789012",
    "DEFAULT_BUCKET": "bucket",
    "BUCKET_PREFIX": "fragua-unit-",
    "ALLOWED_ORIGINS": "https://example.com,https://example.org",
    "SESSIONS_TABLE": "sessions",
    "ACCOUNTS_TABLE": "accounts",
    "PLANS_TABLE": "plans",
    "UPLOADS_TABLE": "uploads",
    "FRAGMENTS_TABLE": "fragments",
    "GUARDS_TABLE": "guards",
    "ASSEMBLY_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/assembly",
    "THUMBNAILS_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/thumbnails",
    "BACKLOG_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/backlog",
    "VIEWS_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/views",
    "NOTIFICATIONS_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/notifications",
    "MAIL_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/mail",
    "RENDITIONS_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/renditions",
    "SIGNING_KEY_SECRET": "signing-key",
}


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """The functions' environment of a deployment that has no services."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(("AWS_", "FRAGUA_", "DATABASE_")):
                patch.delenv(name)
        with environment_of(ENVIRONMENT):
            yield ENVIRONMENT


def stubbed(service: str) -> Stubber:
    """Make a service that answers as announced to `aws.call`, and to nothing else."""
    return Stubber(aws.client(service))


@pytest.fixture
def sqs(environment: dict[str, str]) -> Iterator[Stubber]:
    """A queue service that expects the requests which a test announces, and no other."""
    with stubbed("sqs") as stub:
        yield stub
