"""The made-up AWS account of the sandbox: identity, credentials and the environment of the SDKs.

Without boto3, which costs the supervisor time that its services can use.
"""

import os
from collections.abc import Mapping

REGION = "us-east-1"
# moto puts everything without other credentials into this account.
ACCOUNT_ID = "123456789012"
STACK_NAME = "fragua-local"
ACCESS_KEY = "fragua-local"
# The emulator checks presigned URLs against it, so it is fixed.
SECRET_KEY = "fragua-local-secret"  # noqa: S105 - it opens nothing but the sandbox

_NO_PROXY = "127.0.0.1,localhost"


def credentials(endpoint: str) -> dict[str, str]:
    """The variables that point every AWS SDK at the emulator at `endpoint`."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCOUNT_ID": ACCOUNT_ID,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def clean_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """`environment` without anything that leads to a real account or through a proxy."""
    kept = {name: value for name, value in environment.items() if not name.startswith("AWS_")}
    for name in ("NO_PROXY", "no_proxy"):
        kept[name] = ",".join(filter(None, (environment.get(name), _NO_PROXY)))
    return kept
