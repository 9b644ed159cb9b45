"""What functions ask AWS for, held against what template.yaml allows them.

The emulator lets everybody do everything. So each request is noted, together with the function
that sent it, and compared with the policies of that function's role.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from local.template import load
from tests.support.paths import ROOT

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
_RESOURCE = ("TableName", "Bucket", "QueueUrl", "QueueName", "SecretId")


@dataclass
class Recorder:
    """Notes (function, action, resource) of each request; `function` is who runs just now."""

    function: str | None = None
    seen: set[tuple[str, str, str]] = field(default_factory=set)

    def note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        """Take one request; botocore calls this before it sends it."""
        if self.function is None:
            return
        service = model.service_model.signing_name
        for operation, arguments in _parts(model.name, params):
            action = f"{service}:{operation}"
            self.seen.add((self.function, _ACTIONS.get(action, action), _name(arguments)))


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


def _name(arguments: dict[str, Any]) -> str:
    """Name what is asked for; of an object the bucket and the first folder of its key."""
    if "FromEmailAddress" in arguments:
        # SES asks about identities: the sender's, and in its sandbox the recipient's, too.
        return "identity/*"
    name = next((str(arguments[name]) for name in _RESOURCE if name in arguments), "")
    folder = arguments["Key"].partition("/")[0] if isinstance(arguments.get("Key"), str) else ""
    return f"{name}/{folder}/*" if folder else name


def not_allowed(seen: set[tuple[str, str, str]], environment: dict[str, str]) -> list[str]:
    """Return a sentence for each request that the function's role would have been refused."""
    allowed = _allowed()
    names = {value: name for name, value in environment.items() if value}
    complaints = []
    for function, action, resource in sorted(seen):
        whole, slash, below = (
            resource.partition("/") if "://" not in resource else (resource, "", "")
        )
        variable = names.get(whole, whole)
        logical = _LOGICAL.get(variable, variable)
        if whole.startswith(environment["BUCKET_PREFIX"]):
            logical = _OF_USERS
        if not any(
            action in actions
            and logical in text
            and (f"/{below}" in text if slash else "/" not in text)
            for actions, text in allowed[function]
        ):
            complaints.append(f"{function} may not {action} on {resource} ({logical})")
    return complaints


# How the template writes the names of buckets that users make.
_OF_USERS = "fragua-${Stage}-${AWS::AccountId}-*"
_LOGICAL = {
    "SESSIONS_TABLE": "SessionsTable",
    "ACCOUNTS_TABLE": "AccountsTable",
    "PLANS_TABLE": "PlansTable",
    "UPLOADS_TABLE": "UploadsTable",
    "FRAGMENTS_TABLE": "FragmentsTable",
    "GUARDS_TABLE": "GuardsTable",
    "DEFAULT_BUCKET": "DefaultBucket",
    "ASSEMBLY_QUEUE_URL": "AssemblyQueue",
    "THUMBNAILS_QUEUE_URL": "ThumbnailsQueue",
    "BACKLOG_QUEUE_URL": "BacklogQueue",
    "VIEWS_QUEUE_URL": "ViewsQueue",
    "NOTIFICATIONS_QUEUE_URL": "NotificationsQueue",
    "MAIL_QUEUE_URL": "MailQueue",
    "RENDITIONS_QUEUE_URL": "RenditionsQueue",
    "SIGNING_KEY_SECRET": "SigningKey",
}


def _allowed() -> dict[str, list[tuple[list[str], str]]]:
    """Return each function's statements: the actions, and the resources as text."""
    resources = load(ROOT / "template.yaml").resources
    allowed = {}
    for resource in resources.values():
        if resource["Type"] != "AWS::Lambda::Function":
            continue
        properties = resource["Properties"]
        role = resources[properties["Role"]["Fn::GetAtt"][0]]["Properties"]
        documents = [policy["PolicyDocument"] for policy in role.get("Policies", [])]
        for managed in role["ManagedPolicyArns"]:
            if isinstance(managed, dict) and "Ref" in managed:
                documents += [resources[managed["Ref"]]["Properties"]["PolicyDocument"]]
        allowed[properties["Handler"].removesuffix(".handler")] = [
            (_listed(statement["Action"]), json.dumps(statement["Resource"]))
            for document in documents
            for statement in document["Statement"]
            if statement["Effect"] == "Allow"
        ]
    return allowed


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
