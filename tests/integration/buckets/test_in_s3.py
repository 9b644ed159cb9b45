"""A user's bucket is in S3 what the default one is, which template.yaml describes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fragua import aws
from fragua.buckets import storage
from fragua.settings import settings
from local.template import load
from tests.support.backend import Client
from tests.support.buckets import in_s3, make, name_in_s3
from tests.support.paths import ROOT

SETTINGS = {
    "encryption": "get_bucket_encryption",
    "public access": "get_public_access_block",
    "CORS": "get_bucket_cors",
    "lifecycle": "get_bucket_lifecycle_configuration",
    "policy": "get_bucket_policy",
}
# What the emulator knows of the default bucket, and what its own test below looks at.
COMPARED = {
    "BucketEncryption",
    "PublicAccessBlockConfiguration",
    "CorsConfiguration",
    "LifecycleConfiguration",
    "OwnershipControls",
}
# What nobody has set on either.
UNSET = ["get_bucket_versioning", "get_bucket_tagging", "get_bucket_website"]


def said(operation: str, bucket: str) -> Any:
    """Ask for a setting; a code where there is none."""
    s3 = aws.client("s3")
    try:
        answer = getattr(s3, operation)(Bucket=bucket)
    except s3.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    del answer["ResponseMetadata"]
    return answer


def comparable(answer: Any, bucket: str) -> Any:
    """Take out what only the one bucket can say, and what S3 knows two spellings of."""
    if "Policy" in answer:
        return json.loads(answer["Policy"].replace(bucket, "BUCKET"))
    if "Rules" in answer:
        return [_without_spelling(rule) for rule in answer["Rules"]]
    return answer


def _without_spelling(rule: dict[str, Any]) -> dict[str, Any]:
    """Read the prefix of a lifecycle rule, whether it is written as a filter or the old way."""
    prefix = rule.pop("Prefix", "") or rule.pop("Filter", {}).get("Prefix", "")
    return {**rule, "prefix": prefix}


@pytest.mark.parametrize("operation", SETTINGS.values(), ids=SETTINGS.keys())
def test_a_users_bucket_has_the_settings_of_the_default_one(client: Client, operation: str) -> None:
    default, own = settings().default_bucket, name_in_s3(make(client))
    expected = comparable(said(operation, default), default)
    assert isinstance(expected, dict | list), expected
    assert comparable(said(operation, own), own) == expected


def test_a_users_bucket_is_owned_as_the_template_says_of_the_default_one(client: Client) -> None:
    # The local stack leaves this out of the default bucket, so the template itself is asked.
    properties = load(ROOT / "template.yaml").resources["DefaultBucket"]["Properties"]
    owned = said("get_bucket_ownership_controls", name_in_s3(make(client)))
    assert owned["OwnershipControls"]["Rules"] == properties["OwnershipControls"]["Rules"]


def test_the_default_bucket_has_no_setting_that_is_not_compared_here() -> None:
    properties = load(ROOT / "template.yaml").resources["DefaultBucket"]["Properties"]
    assert set(properties) == COMPARED


@pytest.mark.parametrize("operation", UNSET)
def test_a_users_bucket_has_no_setting_that_the_default_one_lacks(
    client: Client, operation: str
) -> None:
    default, own = settings().default_bucket, name_in_s3(make(client))
    assert said(operation, own) == said(operation, default)


def test_a_bucket_that_is_made_again_keeps_its_settings_and_what_is_in_it(client: Client) -> None:
    own = name_in_s3(make(client))
    before = [said(operation, own) for operation in SETTINGS.values()]
    aws.s3("put_object", Bucket=own, Key="files/a", Body=b"abc")
    storage.make(own)
    assert [said(operation, own) for operation in SETTINGS.values()] == before
    assert aws.s3("get_object", Bucket=own, Key="files/a")["Body"].read() == b"abc"


def test_the_name_in_s3_is_the_deployments_and_does_not_tell_the_users(client: Client) -> None:
    name = make(client)
    own = name_in_s3(name)
    assert own in in_s3()
    assert own.startswith(settings().bucket_prefix)
    assert name not in own
    # S3 takes no longer ones.
    assert len(own) <= 63
