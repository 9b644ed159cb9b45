"""`make superadmin EMAIL=`: make somebody a superadmin, here or in a deployment.

Invokes BootstrapFunction: of the local stack that runs at PORT, or of the CloudFormation stack
STACK with the caller's own AWS credentials. A new account gets FRAGUA_SUPERADMIN_PASSWORD, or a
password that is made up and shown. An account that there is keeps its own; since nobody verifies
addresses, it may be anybody's: where FRAGUA_SUPERADMIN_PASSWORD is set, it must have that password.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

FUNCTION = "BootstrapFunction"


def main() -> None:
    """Read the command line; SystemExit says what went wrong."""
    options = _options()
    try:
        print(superadmin(options.email, options.stack, options.port))
    except (BotoCoreError, ClientError, httpx.HTTPError) as error:
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
    given = os.environ.get("FRAGUA_SUPERADMIN_PASSWORD")
    event = {"email": email, "password": given} if given else {"email": email}
    said = _invoked(event, stack, port)
    if said["created"]:
        return f"{email} is a superadmin, with the password that was given"
    if said["user_id"]:
        # A UUIDv7 begins with the milliseconds since 1970.
        made = datetime.fromtimestamp((UUID(said["user_id"]).int >> 80) / 1000, UTC)
        since = f"{made:%Y-%m-%d %H:%M:%S} UTC"
        return f"{email} is a superadmin: whoever registered that address at {since}"
    password = secrets.token_urlsafe(12)
    # Before it is made: what fails half-way may have made it.
    print(f"{email} has no account; this makes one with the password {password}", flush=True)
    _invoked({"email": email, "password": password}, stack, port)
    return f"{email} is a superadmin, with the password {password}"


def _invoked(event: dict[str, Any], stack: str, port: int) -> dict[str, Any]:
    failed, said = _deployed(event, stack) if stack else _local(event, port)
    if failed:
        sys.exit(f"{FUNCTION} failed: {said.get('errorMessage')}")
    return said


def _local(event: dict[str, Any], port: int) -> tuple[bool, dict[str, Any]]:
    # No environment of the caller's has a say in this: neither AWS' profiles nor proxies.
    with httpx.Client(trust_env=False, timeout=30) as http:
        url = f"http://127.0.0.1:{port}/2015-03-31/functions/{FUNCTION}/invocations"
        # The local stack believes any signature; it only wants to see one.
        signed = {"authorization": "AWS4-HMAC-SHA256 local"}
        answer = http.post(url, json=event, headers=signed).raise_for_status()
    return "x-amz-function-error" in answer.headers, answer.json()


def _deployed(event: dict[str, Any], stack: str) -> tuple[bool, dict[str, Any]]:
    session = Session()
    found = session.create_client("cloudformation").describe_stack_resource(
        StackName=stack, LogicalResourceId=FUNCTION
    )
    name = found["StackResourceDetail"]["PhysicalResourceId"]
    once = Config(retries={"total_max_attempts": 1})
    answer = session.create_client("lambda", config=once).invoke(
        FunctionName=name, Payload=json.dumps(event)
    )
    return "FunctionError" in answer, json.loads(answer["Payload"].read())


if __name__ == "__main__":
    main()
