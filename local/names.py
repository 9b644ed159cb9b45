"""What CloudFormation answers for a resource: its physical name, `Ref` and attributes."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.account import ACCOUNT_ID, REGION, STACK_NAME

_PHYSICAL_NAME_PROPERTY = {
    "AWS::SQS::Queue": "QueueName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::SSM::Parameter": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::SNS::Topic": "TopicName",
}


@dataclass(frozen=True)
class Resource:
    """One resource of the template as it exists, or would exist, in the sandbox."""

    logical_id: str
    type: str
    name: str


@dataclass
class Names:
    """Gives every resource a name once and keeps it over reloads, so that data stays reachable."""

    endpoint: str
    resources: dict[str, Resource] = field(default_factory=dict)
    # Secrets get the end of their ARN from the service.
    arns: dict[str, str] = field(default_factory=dict)

    def register(self, template_resources: Mapping[str, Any]) -> None:
        """Names the resources that are new; forgets none, as none is ever deleted here."""
        for logical_id, resource in template_resources.items():
            # A resource that returns after an edit finds its data again under the old name.
            if logical_id not in self.resources:
                kind = resource["Type"]
                given = (resource.get("Properties") or {}).get(_PHYSICAL_NAME_PROPERTY.get(kind))
                name = given if isinstance(given, str) else _generated(logical_id, kind)
                self.resources[logical_id] = Resource(logical_id, kind, name)

    def ref(self, logical_id: str) -> str:
        """What `Ref` answers; a resource that isn't emulated answers its physical name."""
        resource = self.resources[logical_id]
        reference = _REFERENCES.get(resource.type)
        return reference(self, resource) if reference else resource.name

    def attribute(self, logical_id: str, name: str) -> str:
        """What `Fn::GetAtt` answers; unknown attributes answer a harmless placeholder."""
        resource = self.resources[logical_id]
        attribute = _ATTRIBUTES.get((resource.type, name))
        if attribute:
            return attribute(self, resource)
        if name == "Arn":
            return self.arn(resource)
        return resource.name if name in _PHYSICAL_NAME_PROPERTY.values() else f"{name}.{logical_id}"

    def arn(self, resource: Resource) -> str:
        """The resource's ARN in the sandbox's account."""
        if resource.logical_id in self.arns:
            return self.arns[resource.logical_id]
        pattern = _ARNS.get(resource.type, "arn:aws:local:{region}:{account}:{name}")
        return pattern.format(region=REGION, account=ACCOUNT_ID, name=resource.name)

    def queue_url(self, resource: Resource) -> str:
        """The address of a queue, as moto builds it."""
        return f"{self.endpoint}/{ACCOUNT_ID}/{resource.name}"


def _generated(logical_id: str, kind: str) -> str:
    """A name in CloudFormation's manner: stack, logical id, something random."""
    name = f"{STACK_NAME}-{logical_id}-{secrets.token_hex(4)}"
    # Buckets alone must be lower case.
    return name.lower()[:63] if kind == "AWS::S3::Bucket" else name


_ARNS = {
    "AWS::SQS::Queue": "arn:aws:sqs:{region}:{account}:{name}",
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "AWS::S3::Bucket": "arn:aws:s3:::{name}",
    "AWS::SecretsManager::Secret": "arn:aws:secretsmanager:{region}:{account}:secret:{name}",
    "AWS::SSM::Parameter": "arn:aws:ssm:{region}:{account}:parameter/{name}",
    "AWS::Lambda::Function": "arn:aws:lambda:{region}:{account}:function:{name}",
    "AWS::SNS::Topic": "arn:aws:sns:{region}:{account}:{name}",
    "AWS::Logs::LogGroup": "arn:aws:logs:{region}:{account}:log-group:{name}",
    "AWS::IAM::Role": "arn:aws:iam::{account}:role/{name}",
    "AWS::IAM::ManagedPolicy": "arn:aws:iam::{account}:policy/{name}",
}

_REFERENCES: dict[str, Callable[[Names, Resource], str]] = {
    "AWS::SQS::Queue": Names.queue_url,
    "AWS::SecretsManager::Secret": Names.arn,
    "AWS::SNS::Topic": Names.arn,
    "AWS::IAM::ManagedPolicy": Names.arn,
}

_ATTRIBUTES: dict[tuple[str, str], Callable[[Names, Resource], str]] = {
    ("AWS::SQS::Queue", "QueueUrl"): Names.queue_url,
    ("AWS::SecretsManager::Secret", "Id"): Names.arn,
    ("AWS::S3::Bucket", "DomainName"): lambda _, bucket: f"{bucket.name}.s3.amazonaws.com",
    ("AWS::S3::Bucket", "RegionalDomainName"): lambda _, bucket: (
        f"{bucket.name}.s3.{REGION}.amazonaws.com"
    ),
}
