"""Whether a region has the services that the deployment needs, before half of it is there.

AWS lists them as public parameters, which some regions answer for all others.
Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-global-infrastructure.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from tools.deploy.errors import Refused

# Answers for every commercial region.
ASKED = "us-east-1"
_PATH = "/aws/service/global-infrastructure/regions"
_ALWAYS = {
    "apigateway": "Amazon API Gateway",
    "cloudwatch": "Amazon CloudWatch",
    "dynamodb": "Amazon DynamoDB",
    "lambda": "AWS Lambda",
    "s3": "Amazon S3",
    "scheduler": "Amazon EventBridge Scheduler",
    "secretsmanager": "AWS Secrets Manager",  # pragma: allowlist secret - a name
    "sns": "Amazon SNS",
    "sqs": "Amazon SQS",
}
# GetParameters takes no more names at once.
_AT_ONCE = 10


def check(ssm: Any, region: str, values: Mapping[str, str]) -> str:
    """Look at `region` with a client of ASKED; a remark, or nothing. Raises Refused.

    Whoever may not ask is told so and goes on: CloudFormation will find out.
    """
    needed = dict(_needed(values))
    try:
        known = _existing(ssm, [f"{_PATH}/{region}"])
        there = _existing(ssm, [f"{_PATH}/{region}/services/{code}" for code in needed])
    except ClientError as error:
        return f"Whether {region} has all services is not known: {error}"
    if not known:
        raise Refused(f"AWS has no region {region}")
    missing = [name for code, name in needed.items() if not _ends(there, code)]
    if missing:
        raise Refused(f"{region} lacks {', '.join(missing)}: choose another region")
    return ""


def _needed(values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield from _ALWAYS.items()
    if values.get("MailSender"):
        yield "ses", "Amazon SES (which MailSender needs)"
    if values.get("Database") == "create":
        yield "rds", "Amazon RDS"


def _existing(ssm: Any, names: list[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(names), _AT_ONCE):
        answer = ssm.get_parameters(Names=names[start : start + _AT_ONCE])
        found |= {one["Name"] for one in answer["Parameters"]}
    return found


def _ends(names: set[str], code: str) -> bool:
    return any(name.endswith(f"/{code}") for name in names)
