"""What a bucket is in S3: private, encrypted, spoken to by TLS alone, with CORS and lifecycle.

The same as the default bucket, which template.yaml describes; a test compares the two.
"""

from __future__ import annotations

import json
from typing import Any

from fragua import aws
from fragua.errors import Problem, Refused, Unavailable
from fragua.settings import settings

# Days after which S3 drops what every sweeper lost.
_LOST = 35


def make(name: str) -> None:
    """Make a bucket with all its settings; harmless to repeat."""
    _create(name)
    # One after another: S3 refuses two changes of a bucket at once.
    for operation, arguments in _settings(name).items():
        aws.s3(operation, Bucket=name, **arguments)


def _create(name: str) -> None:
    region = settings().region
    # S3's first region is the one that can't be named.
    where = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    more = {} if region == "us-east-1" else where
    try:
        # The one request about a bucket that can't say whose it is.
        aws.call("s3", "create_bucket", Bucket=name, ObjectOwnership="BucketOwnerEnforced", **more)
    except Refused as error:
        if error.code == "TooManyBuckets":
            raise Problem("bucket_limit", "This deployment holds no more buckets.") from error
        if error.code != "BucketAlreadyOwnedByYou":
            raise


def _settings(name: str) -> dict[str, dict[str, Any]]:
    blocks = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    encryption = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    return {
        "put_public_access_block": {
            "PublicAccessBlockConfiguration": dict.fromkeys(blocks, True),
        },
        "put_bucket_encryption": {
            "ServerSideEncryptionConfiguration": {"Rules": [encryption]},
        },
        "put_bucket_policy": {"Policy": json.dumps(_tls_only(name))},
        "put_bucket_cors": {"CORSConfiguration": {"CORSRules": [_cors()]}},
        "put_bucket_lifecycle_configuration": {
            "LifecycleConfiguration": {"Rules": _lifecycle()},
        },
    }


def _tls_only(name: str) -> dict[str, Any]:
    arn = f"arn:{aws.partition()}:s3:::{name}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }


def _cors() -> dict[str, Any]:
    return {
        "AllowedOrigins": list(settings().allowed_origins),
        "AllowedMethods": ["GET", "HEAD", "PUT"],
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["ETag", "x-amz-checksum-crc32", "x-amz-checksum-crc64nvme"],
        "MaxAgeSeconds": 3600,
    }


def _lifecycle() -> list[dict[str, Any]]:
    return [
        {
            "ID": "unfinished-multipart-uploads",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _LOST},
        },
        {
            "ID": "fragments",
            "Status": "Enabled",
            "Filter": {"Prefix": "fragments/"},
            "Expiration": {"Days": _LOST},
        },
    ]


def remove(name: str, pages: int) -> None:
    """Remove a bucket and whatever ended files and uploads left in it; harmless to repeat.

    `Unavailable` where there are more than so many thousand objects: a later try goes on.
    """
    if aws.s3_gone("list_multipart_uploads", Bucket=name) is None:
        return
    _abort_uploads(name)
    aws.s3_delete_below(name, "", pages)
    try:
        aws.s3_gone("delete_bucket", Bucket=name)
    except Refused as error:
        # Something that was on its way has landed: the next try finds it.
        raise Unavailable("s3") if error.code == "BucketNotEmpty" else error from error


def _abort_uploads(name: str) -> None:
    # Always the first page: what it named is gone when it is asked for again.
    while found := (aws.s3_gone("list_multipart_uploads", Bucket=name) or {}).get("Uploads"):
        for upload in found:
            address = {"Bucket": name, "Key": upload["Key"], "UploadId": upload["UploadId"]}
            aws.s3_gone("abort_multipart_upload", **address)
