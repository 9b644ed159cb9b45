"""Puts what was built into the artifact bucket, where CloudFormation takes it from."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from botocore.exceptions import NoCredentialsError
from botocore.session import Session

from tools.build import BUILT, ROOT
from tools.deploy.errors import Refused

SAM = ROOT / ".venv-sam/bin/sam"
# CloudFormation reads no larger template, also from a bucket.
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
_LARGEST = 1_048_576


def built() -> Path:
    """The template that `make build` has made. Raises Refused."""
    template = BUILT / "template.yaml"
    if not template.is_file():
        raise Refused("Nothing is built: `make build`, or leave --built out")
    return template


def package(template: Path, bucket: str, prefix: str, session: Session) -> Path:
    """Upload what `template` refers to; the template that refers to the uploads. Raises Refused.

    sam names each archive by its content: what has not changed is neither sent again nor seen as
    a change by CloudFormation.
    """
    packaged = template.parent.with_name("packaged.yaml")
    command: list[str | Path] = [
        *(SAM, "package", "--template-file", template, "--output-template-file", packaged),
        *("--s3-bucket", bucket, "--s3-prefix", prefix, "--region", _region(session)),
    ]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=_environment(session),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refused(f"{done.stdout.strip()}\nsam package failed; its own words stand above")
    return packaged


def _environment(session: Session) -> dict[str, str]:
    """This process's own, with the credentials that it has: a token may be good for one use."""
    credentials = session.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    found = credentials.get_frozen_credentials()
    names = {
        "AWS_ACCESS_KEY_ID": found.access_key,
        "AWS_SECRET_ACCESS_KEY": found.secret_key,
        "AWS_SESSION_TOKEN": found.token,
    }
    dropped = {*names, "AWS_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return (
        kept | {name: value for name, value in names.items() if value} | {"SAM_CLI_TELEMETRY": "0"}
    )


def publish(template: Path, bucket: str, prefix: str, session: Session) -> str:
    """Upload the template itself; its URL. Raises Refused where it is too large."""
    body = template.read_bytes()
    if len(body) > _LARGEST:
        raise Refused(f"The template has {len(body)} bytes; CloudFormation reads {_LARGEST}")
    key = f"{prefix}/{hashlib.sha256(body).hexdigest()[:32]}.template"
    session.create_client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    suffix = ".cn" if _region(session).startswith("cn-") else ""
    return f"https://{bucket}.s3.{_region(session)}.amazonaws.com{suffix}/{key}"


def _region(session: Session) -> str:
    return str(session.get_config_variable("region"))
