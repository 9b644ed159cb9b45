"""boto3 clients of the sandbox, whatever the environment of this process says."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from local.account import ACCESS_KEY, REGION, SECRET_KEY


@cache
def client(service: str, endpoint: str) -> Any:
    """A client of `service` in the emulator at `endpoint`; safe to share between threads."""
    session = boto3.session.Session(
        aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY, region_name=REGION
    )
    return session.client(
        service,
        endpoint_url=endpoint,
        config=Config(
            signature_version="s3v4" if service == "s3" else None,
            proxies={},
            retries={"max_attempts": 2},
            max_pool_connections=50,
            request_checksum_calculation="when_required",
        ),
    )
