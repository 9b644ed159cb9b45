"""What functions ask AWS for, held against what template.yaml allows them.

The emulator lets everybody do everything. So each request is noted, together with the function
that sent it, and so is each presigned URL in an answer, which somebody else sends in the function's
name; and all of it is compared with the policies of that function's role.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from local.account import ACCOUNT_ID, REGION, STACK_NAME
from local.intrinsics import Resolver
from local.template import load
from tests.support.events import NOWHERE
from tests.support.paths import ROOT
from tests.support.templates import OwnNames

# IAM's name of an operation, where it has another one.
_ACTIONS = {
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:ListParts": "s3:ListMultipartUploadParts",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "s3:PutBucketCors": "s3:PutBucketCORS",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:UploadPart": "s3:PutObject",
}
_NAMES = ("TableName", "Bucket", "QueueUrl", "QueueName", "SecretId")
# How local/names.py calls what the template has: stack, logical id, something random.
_GENERATED = re.compile(rf"{STACK_NAME}-(\w+)-[0-9a-f]{{8}}")
_PRESIGNED = re.compile(r"https?://[^\s\"']+X-Amz-Signature=[0-9a-f]+")


class Call(NamedTuple):
    """One request: who sent it, IAM's action, and the resource as the template names it."""

    function: str
    action: str
    resource: str


@dataclass
class Recorder:
    """Notes what each function asks for; `function` is who runs just now, `last` who ran last.

    Each new call also goes into the file `into` at once, for whoever outlives this process.
    """

    function: str | None = None
    last: str | None = None
    seen: set[Call] = field(default_factory=set)
    into: int | None = None

    def note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        """Take one request; botocore calls this before it sends it."""
        service = model.service_model.signing_name
        for operation, arguments in _parts(model.name, params):
            self._add(f"{service}:{operation}", _resource(arguments))

    def note_answer(self, answer: dict[str, Any]) -> None:
        """Take the presigned URLs of an answer: S3 asks about their signer when they are used."""
        for found in _PRESIGNED.findall(json.dumps(answer).replace("\\", "")):
            url = urlsplit(found)
            bucket, _, key = url.path.removeprefix("/").partition("/")
            operation = "PutObject" if "uploadId=" in url.query else "GetObject"
            self._add(f"s3:{operation}", _resource({"Bucket": bucket, "Key": key}))

    def read(self, written: Path) -> None:
        """Take what another process has written."""
        self.seen.update(Call(*json.loads(line)) for line in written.read_text().splitlines())

    def _add(self, action: str, resource: str) -> None:
        if self.function is None or resource == NOWHERE:
            return
        call = Call(self.function, _ACTIONS.get(action, action), resource)
        if self.into is not None and call not in self.seen:
            os.write(self.into, json.dumps(call).encode() + b"\n")
        self.seen.add(call)


def _parts(operation: str, params: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Take apart what IAM looks at item by item."""
    if operation == "TransactWriteItems":
        return [
            (f"{kind}Item", action)
            for item in params["TransactItems"]
            for kind, action in item.items()
        ]
    if operation == "BatchGetItem":
        return [(operation, {"TableName": name}) for name in params["RequestItems"]]
    if operation == "Query" and "IndexName" in params:
        return [(operation, {"TableName": f"{params['TableName']}/index/{params['IndexName']}"})]
    if operation == "DeleteObjects":
        return [("DeleteObject", {**params, **each}) for each in params["Delete"]["Objects"]]
    return [(operation, params)]


def _resource(arguments: dict[str, Any]) -> str:
    """Name what is asked for: by its logical id, or by its ARN where the template has none."""
    if "FromEmailAddress" in arguments:
        # SES asks about identities: the sender's, and in its sandbox the recipient's, too.
        return f"arn:aws:ses:{REGION}:{ACCOUNT_ID}:identity/anybody"
    name = next((str(arguments[name]) for name in _NAMES if name in arguments), "")
    below = name.partition("/index/")[2] if "TableName" in arguments else ""
    if below:
        name, below = name.partition("/index/")[0], f"/index/{below}"
    elif isinstance(arguments.get("Key"), str):
        # The folder decides; the rest is somebody's.
        below = f"/{arguments['Key'].partition('/')[0]}/anything"
    if "Bucket" in arguments:
        is_default = name.startswith(f"{STACK_NAME}-defaultbucket-")
        return ("DefaultBucket" if is_default else f"arn:aws:s3:::{name}") + below
    made = _GENERATED.search(name)
    return (made[1] if made else name) + below


# --- against the template ----------------------------------------------------------------------


class Grant(NamedTuple):
    """One action on one kind of resource that a function's role is allowed."""

    function: str
    action: str
    pattern: str

    def covers(self, call: Call) -> bool:
        """Whether a request is allowed by it."""
        same = (self.function, self.action) == (call.function, call.action)
        return same and fnmatchcase(call.resource, self.pattern)


def not_allowed(seen: set[Call]) -> list[str]:
    """Return a sentence for each request that the function's role would have been refused."""
    allowed = grants()
    return [
        f"{call.function} may not {call.action} on {call.resource}"
        for call in sorted(seen)
        if not any(grant.covers(call) for grant in allowed)
    ]


# What is allowed though no request here can need it: (action, end of the resource's name).
_UNASKED = {
    # In the place of a database's secret, where there is none: a policy needs a statement.
    ("secretsmanager:GetSecretValue", ":secret:none"),
    # S3 wants it of whoever creates a bucket that has no ACLs.
    ("s3:PutBucketOwnershipControls", "-*"),
    # SES wants it where the sender has a default configuration set.
    ("ses:SendEmail", ":configuration-set/*"),
}


def not_used(seen: set[Call]) -> list[str]:
    """Return a sentence for each grant that no request made use of.

    Users' buckets have the folders of the default one, and the same code: what is asked of either
    is needed for both.
    """
    asked = {call._replace(resource=_in_any_bucket(call.resource)) for call in seen}
    return [
        f"{grant.function} never asks for {grant.action} on {grant.pattern}"
        for grant in sorted(grants())
        if not _excused(grant) and not any(_in_any(grant).covers(call) for call in asked)
    ]


def _excused(grant: Grant) -> bool:
    return any(grant.action == action and grant.pattern.endswith(end) for action, end in _UNASKED)


def _in_any(grant: Grant) -> Grant:
    return grant._replace(pattern=_in_any_bucket(grant.pattern))


def _in_any_bucket(resource: str) -> str:
    """Call a bucket by one name, whoever's it is."""
    return re.sub(r"^(DefaultBucket|arn:aws:s3:::[^/]+)", "bucket", resource)


@cache
def grants() -> frozenset[Grant]:
    """Read what each function's role allows, as the template is deployed here, and behind a CDN."""
    template = load(ROOT / "template.yaml")
    pseudo = {"AWS::AccountId": ACCOUNT_ID, "AWS::Partition": "aws", "AWS::Region": REGION}
    found: set[Grant] = set()
    for given in ({}, {"ApiDomainName": "api.example.com"}):
        parameters = {**pseudo, **template.parameters, **given}
        resolver = Resolver(parameters, template.mappings, template.conditions, OwnNames())
        found.update(_granted(template.resources, resolver))
    return frozenset(found)


def _granted(resources: dict[str, Any], resolver: Resolver) -> Iterator[Grant]:
    for resource in resources.values():
        if resource["Type"] != "AWS::Lambda::Function":
            continue
        handler = resource["Properties"]["Handler"].removesuffix(".handler")
        role = resources[resource["Properties"]["Role"]["Fn::GetAtt"][0]]["Properties"]
        for statement in _statements(role, resources, resolver):
            for action in _listed(statement["Action"]):
                for pattern in _listed(statement["Resource"]):
                    yield Grant(handler, action, pattern)


def _statements(
    role: dict[str, Any], resources: dict[str, Any], resolver: Resolver
) -> Iterator[dict[str, Any]]:
    managed = [arn for arn in resolver.resolve(role["ManagedPolicyArns"]) if arn in resources]
    policies = [*role.get("Policies", []), *(resources[name]["Properties"] for name in managed)]
    for policy in policies:
        yield from resolver.resolve(policy["PolicyDocument"])["Statement"]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
