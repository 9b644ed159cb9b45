"""Creates the template's resources in the emulator, by the API rather than by CloudFormation.

moto's CloudFormation silently drops TTL, lifecycle and notifications, and knows no secrets. Each
creator below is safe to repeat: what exists stays, with its data, and takes what can be changed.
"""

import json
import secrets as randomness
import string
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from local.clients import client
from local.timescale import scaled_up

Properties = Mapping[str, Any]
# Lambda and SQS count these in seconds; they shrink with the time scale.
_SQS_DEFAULTS = {"VisibilityTimeout": 30}


class Creator:
    """Creates resources through clients of the emulator at `endpoint`."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        # Types that stay away are of no use without Amazon's side: alarms, roles, log groups.
        self._creators: dict[str, Callable[[str, Properties], str | None]] = {
            "AWS::SecretsManager::Secret": self._secret,
            "AWS::SSM::Parameter": self._parameter,
            "AWS::SQS::Queue": self._queue,
            "AWS::DynamoDB::Table": self._table,
            "AWS::S3::Bucket": self._bucket,
            "AWS::S3::BucketPolicy": self._bucket_policy,
        }

    def create(self, kind: str, name: str, properties: Properties) -> str | None:
        """Creates or updates one resource; answers its ARN where only the service knows it."""
        creator = self._creators.get(kind)
        return creator(name, properties) if creator else None

    def connect(self, kind: str, name: str, properties: Properties) -> None:
        """Sets what points at other resources, once all of them exist."""
        if kind == "AWS::SQS::Queue":
            sqs = self._client("sqs")
            url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
            sqs.set_queue_attributes(QueueUrl=url, Attributes=queue_attributes(properties))

    def verify(self, sender: str) -> None:
        """Lets SES send from an address, as the owner of its mailbox would by a click."""
        self._client("sesv2").create_email_identity(EmailIdentity=sender)

    def _client(self, service: str) -> Any:
        return client(service, self._endpoint)

    def _secret(self, name: str, properties: Properties) -> str:
        manager = self._client("secretsmanager")
        try:
            arn: str = manager.describe_secret(SecretId=name)["ARN"]
        except manager.exceptions.ResourceNotFoundException:
            arn = manager.create_secret(Name=name, SecretString=secret_text(properties))["ARN"]
        return arn

    def _parameter(self, name: str, properties: Properties) -> None:
        self._client("ssm").put_parameter(
            Name=name,
            Type=properties.get("Type", "String"),
            Value=str(properties["Value"]),
            Overwrite=True,
        )

    def _queue(self, name: str, _: Properties) -> None:
        self._client("sqs").create_queue(QueueName=name)

    def _table(self, name: str, properties: Properties) -> None:
        dynamodb = self._client("dynamodb")
        known = (
            "AttributeDefinitions",
            "KeySchema",
            "GlobalSecondaryIndexes",
            "LocalSecondaryIndexes",
            "ProvisionedThroughput",
            "BillingMode",
            "StreamSpecification",
        )
        arguments = {key: _numbers(properties[key]) for key in known if key in properties}
        # The keys of a table can't be changed; a template that does so needs a new start.
        try:
            dynamodb.create_table(TableName=name, **arguments)
        except dynamodb.exceptions.ResourceInUseException:
            return
        if properties.get("TimeToLiveSpecification"):
            dynamodb.update_time_to_live(
                TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"]
            )

    def _bucket(self, name: str, properties: Properties) -> None:
        s3 = self._client("s3")
        try:
            s3.head_bucket(Bucket=name)
        except ClientError:
            s3.create_bucket(Bucket=name)
        for key, apply in _BUCKET_SETTINGS.items():
            if properties.get(key):
                apply(s3, name, properties[key])

    def _bucket_policy(self, _: str, properties: Properties) -> None:
        policy = json.dumps(properties["PolicyDocument"])
        self._client("s3").put_bucket_policy(Bucket=properties["Bucket"], Policy=policy)


def queue_attributes(properties: Properties) -> dict[str, str]:
    """A queue's attributes as the SQS API takes them, its times scaled."""
    attributes = {**_SQS_DEFAULTS, **properties}
    for name in ("VisibilityTimeout", "DelaySeconds"):
        if name in attributes:
            attributes[name] = scaled_up(float(attributes[name]))
    known = (
        "VisibilityTimeout",
        "DelaySeconds",
        "MessageRetentionPeriod",
        "MaximumMessageSize",
        "ReceiveMessageWaitTimeSeconds",
        "RedrivePolicy",
    )
    return {
        name: json.dumps(attributes[name]) if name == "RedrivePolicy" else str(attributes[name])
        for name in known
        if name in attributes
    }


def secret_text(properties: Properties) -> str:
    """The secret's value: given, or generated as GenerateSecretString asks for."""
    if "SecretString" in properties:
        return str(properties["SecretString"])
    rules = properties.get("GenerateSecretString") or {}
    length = int(rules.get("PasswordLength", 32))
    alphabet = _alphabet(rules)
    password = "".join(randomness.choice(alphabet) for _ in range(length))
    if "SecretStringTemplate" not in rules:
        return password
    return json.dumps(
        {**json.loads(rules["SecretStringTemplate"]), rules["GenerateStringKey"]: password}
    )


def _alphabet(rules: Properties) -> str:
    kinds = {
        "ExcludeLowercase": string.ascii_lowercase,
        "ExcludeUppercase": string.ascii_uppercase,
        "ExcludeNumbers": string.digits,
        "ExcludePunctuation": string.punctuation,
    }
    excluded = set(str(rules.get("ExcludeCharacters", "")))
    kept = (letters for rule, letters in kinds.items() if not _is_true(rules.get(rule)))
    return "".join(letter for letters in kept for letter in letters if letter not in excluded)


def _is_true(value: object) -> bool:
    return str(value).lower() == "true"


def _numbers(value: Any) -> Any:
    """Parameters arrive as text; DynamoDB's client insists on numbers for capacity."""
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    if isinstance(value, dict):
        return {
            key: int(item) if key.endswith("CapacityUnits") else _numbers(item)
            for key, item in value.items()
        }
    return value


def _put_cors(s3: Any, name: str, rules: Properties) -> None:
    # CloudFormation and the API name the same things differently.
    renamed = {"ExposedHeaders": "ExposeHeaders", "MaxAge": "MaxAgeSeconds", "Id": "ID"}
    s3.put_bucket_cors(
        Bucket=name,
        CORSConfiguration={
            "CORSRules": [
                {renamed.get(key, key): value for key, value in rule.items()}
                for rule in rules["CorsRules"]
            ]
        },
    )


def _put_lifecycle(s3: Any, name: str, rules: Properties) -> None:
    s3.put_bucket_lifecycle_configuration(
        Bucket=name,
        LifecycleConfiguration={"Rules": [_lifecycle_rule(rule) for rule in rules["Rules"]]},
    )


def _lifecycle_rule(rule: Properties) -> dict[str, Any]:
    converted: dict[str, Any] = {
        "Status": rule["Status"],
        "Filter": {"Prefix": rule.get("Prefix", "")},
    }
    if "Id" in rule:
        converted["ID"] = rule["Id"]
    if "AbortIncompleteMultipartUpload" in rule:
        converted["AbortIncompleteMultipartUpload"] = rule["AbortIncompleteMultipartUpload"]
    if "ExpirationInDays" in rule:
        converted["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    return converted


def _put_encryption(s3: Any, name: str, rules: Properties) -> None:
    given = rules["ServerSideEncryptionConfiguration"]
    converted = [
        {
            "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
            "BucketKeyEnabled": bool(rule.get("BucketKeyEnabled", False)),
        }
        for rule in given
        if "ServerSideEncryptionByDefault" in rule
    ]
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": converted})


def _put_versioning(s3: Any, name: str, rules: Properties) -> None:
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": rules["Status"]})


def _put_access_block(s3: Any, name: str, rules: Properties) -> None:
    s3.put_public_access_block(
        Bucket=name,
        PublicAccessBlockConfiguration={key: _is_true(value) for key, value in rules.items()},
    )


_BUCKET_SETTINGS: dict[str, Callable[[Any, str, Properties], None]] = {
    "CorsConfiguration": _put_cors,
    "LifecycleConfiguration": _put_lifecycle,
    "BucketEncryption": _put_encryption,
    "VersioningConfiguration": _put_versioning,
    "PublicAccessBlockConfiguration": _put_access_block,
}
