"""`make superadmin EMAIL=`: make somebody a superadmin, here or in a deployment.

Invokes BootstrapFunction: of the local stack that runs at PORT, or of the CloudFormation stack
STACK with the caller's own AWS credentials. An account that there is keeps its password; a new one
gets FRAGUA_SUPERADMIN_PASSWORD, or one that is made up and shown.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

FUNCTION = "BootstrapFunction"
# The local stack believes any signature; it only wants to see one.
_HERE = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": "local"}


def main() -> None:
    """Read the command line; SystemExit says what went wrong."""
    options = _options()
    try:
        print(superadmin(options.email, options.stack, options.port))
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"{FUNCTION} could not be invoked: {error}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make superadmin", description=__doc__)
    parser.add_argument("--email", required=True)
    parser.add_argument("--stack", default="")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    if not options.email:
        sys.exit("Whom? make superadmin EMAIL=ada@example.com [PORT=8000] [STACK=name]")
    return options


def superadmin(email: str, stack: str, port: int) -> str:
    """Make somebody a superadmin; return a sentence about it."""
    if _invoked({"email": email}, stack, port)["user_id"]:
        return f"{email} is a superadmin. The password is the one that it was."
    given = os.environ.get("FRAGUA_SUPERADMIN_PASSWORD")
    password = given or secrets.token_urlsafe(12)
    _invoked({"email": email, "password": password}, stack, port)
    return f"{email} is a superadmin, with the password {'that was given' if given else password}"


def _invoked(event: dict[str, Any], stack: str, port: int) -> dict[str, Any]:
    answer = _lambda(stack, port).invoke(
        FunctionName=_deployed(stack) if stack else FUNCTION, Payload=json.dumps(event)
    )
    said: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        sys.exit(f"{FUNCTION} failed: {said.get('errorMessage')}")
    return said


def _lambda(stack: str, port: int) -> Any:
    config = Config(retries={"total_max_attempts": 1})
    if stack:
        return Session().create_client("lambda", config=config)
    url = f"http://127.0.0.1:{port}"
    return Session().create_client("lambda", endpoint_url=url, config=config, **_HERE)


def _deployed(stack: str) -> str:
    found = (
        Session()
        .create_client("cloudformation")
        .describe_stack_resource(StackName=stack, LogicalResourceId=FUNCTION)
    )
    name: str = found["StackResourceDetail"]["PhysicalResourceId"]
    return name


if __name__ == "__main__":
    main()
