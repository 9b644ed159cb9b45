"""What was built goes into the artifact bucket once, by sam itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.session import Session

from local.account import ACCESS_KEY, SECRET_KEY
from local.emulator import emulator
from tools.deploy.errors import Refused
from tools.deploy.package import package, publish

BUCKET, PREFIX = "artifacts", "fragua-testing"


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """An account of the emulator with an artifact bucket."""
    with emulator() as endpoint, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", endpoint)
        # What a job has besides; sam must not come to it.
        patch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent")
        patch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/nobody")
        made = Session()
        made.set_credentials(ACCESS_KEY, SECRET_KEY)
        made.set_config_variable("region", "us-east-1")
        made.create_client("s3").create_bucket(Bucket=BUCKET)
        yield made


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A built function, as `make build` leaves it."""
    folder = tmp_path / "build"
    (folder / "Function").mkdir(parents=True)
    (folder / "Function" / "handler.py").write_text("handler = print\n")
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "CodeUri": "Function",
            "Handler": "handler.handler",
            "Runtime": "python3.13",
        },
    }
    template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Function": function}}
    path = folder / "template.yaml"
    path.write_text(json.dumps(template))
    return path


def code_of(packaged: Path) -> str:
    found: Any = yaml.safe_load(packaged.read_text())
    return str(found["Resources"]["Function"]["Properties"]["CodeUri"])


def keys(session: Session) -> dict[str, str]:
    found = session.create_client("s3").list_objects_v2(Bucket=BUCKET)
    return {one["Key"]: str(one["LastModified"]) for one in found.get("Contents", [])}


@pytest.mark.timeout(120)
def test_the_same_code_is_sent_once_and_has_one_name(session: Session, built: Path) -> None:
    first = code_of(package(built, BUCKET, PREFIX, session))
    assert first.startswith(f"s3://{BUCKET}/{PREFIX}/")
    sent = keys(session)
    assert first.removeprefix(f"s3://{BUCKET}/") in sent
    assert code_of(package(built, BUCKET, PREFIX, session)) == first
    assert keys(session) == sent


@pytest.mark.timeout(120)
def test_a_bucket_that_is_not_there_is_told_in_sams_words(session: Session, built: Path) -> None:
    with pytest.raises(Refused, match=r"(?s)S3 Bucket does not exist.*sam package failed"):
        package(built, "nowhere", PREFIX, session)


def test_a_template_is_named_by_its_content_where_cloudformation_reads_it(
    session: Session, built: Path
) -> None:
    url = publish(built, BUCKET, PREFIX, session)
    start = f"https://{BUCKET}.s3.us-east-1.amazonaws.com/"
    assert url.startswith(f"{start}{PREFIX}/")
    stored = session.create_client("s3").get_object(Bucket=BUCKET, Key=url.removeprefix(start))
    assert stored["Body"].read() == built.read_bytes()


def test_a_template_that_cloudformation_would_not_read_is_refused(
    session: Session, built: Path
) -> None:
    built.write_bytes(b"#" * 1_048_577)
    with pytest.raises(Refused, match="1048577 bytes"):
        publish(built, BUCKET, PREFIX, session)
