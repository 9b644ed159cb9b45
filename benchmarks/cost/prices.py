"""What AWS asks for, in dollars: us-east-1, on demand, with no free tier.

Read on 2026-12-01 in stored copies of the pages that are named; most are not AWS' own, and a copy
may be older. What is marked `CHECK` stood in none of them: it is from memory of AWS' public price
list, and must be checked there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

REGION, READ = "us-east-1", "2026-12-01"
MILLION = 1_000_000
ANY = float("inf")

CHECK = "unverified, from memory of https://aws.amazon.com/pricing/"
_API = (
    "https://docs.aws.amazon.com/pt_br/whitepapers/latest/"
    "best-practices-api-gateway-private-apis-integration/cost-optimization.html"
)
_CLOUDFRONT = "https://techplained.aptechsolutions.io/best-cdn-providers"
_CLOUDWATCH = "https://signoz.io/guides/cloudwatch-pricing"
_DYNAMODB = "https://airbyte.com/data-engineering-resources/dynamodb-pricing"
_ENDPOINTS = "https://awsnegotiations.com/privatelink-cost-analysis.html"
_LAMBDA = "https://cloudchipr.com/blog/aws-lambda-pricing"
_LOGS = (
    "https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/"
)
_RDS = "https://infratally.com/articles/aws-rds-pricing-explained-2026.html"
_RDS_DISK = "https://www.usage.ai/blogs/aws/reserved-instances/rds/pricing-calculator/"
_S3 = "https://devnotes.tech/understanding-aws-s3-pricing-a-complete-cost-breakdown-with-examples"
_SECRETS = (
    "https://hivebook.wiki/wiki/aws-secrets-manager-rotated-secrets-dynamic-db-credentials-kms"
)
_SQS = "https://cloudburn.io/blog/amazon-sqs-pricing"
_WAF = "https://c3x.dev/blog/aws-waf-cost-explained/"


@dataclass(frozen=True)
class Price:
    """Dollars for `per` of something a month; `tiers` are (up to this many in all, dollars)."""

    service: str
    what: str
    per: float
    tiers: tuple[tuple[float, float], ...]
    source: str

    def of(self, quantity: float) -> float:
        """Dollars for so many in one month."""
        dollars, below = 0.0, 0.0
        for most, price in self.tiers:
            dollars += max(0.0, min(quantity, most) - below) * price / self.per
            below = most
        return dollars


def _flat(service: str, what: str, per: float, dollars: float, source: str) -> Price:
    return Price(service, what, per, ((ANY, dollars),), source)


class Meter(Enum):
    """All that is counted, and what it costs. A GB is 2^30 bytes, as AWS bills it."""

    # Whatever is sent or answered counts in steps of 512 KB.
    HTTP = Price(
        "API Gateway", "requests", MILLION, ((300 * MILLION, 1.00), (ANY, 0.90)), source=_API
    )
    RUNS = _flat("Lambda", "invocations", MILLION, 0.20, _LAMBDA)
    GB_SECONDS = Price(
        *("Lambda", "GB-seconds, arm64", 1),
        tiers=((7.5e9, 0.0000133334), (18.75e9, 0.0000120001), (ANY, 0.0000106667)),
        source=_LAMBDA,
    )
    WRITES = _flat("DynamoDB", "write units", MILLION, 0.625, _DYNAMODB)
    READS = _flat("DynamoDB", "read units", MILLION, 0.125, _DYNAMODB)
    ITEMS = _flat("DynamoDB", "GB of items, with recovery", 1, 0.25 + 0.20, CHECK)
    PUTS = _flat("S3", "PUT, POST, LIST", MILLION, 5.00, _S3)
    GETS = _flat("S3", "GET, HEAD", MILLION, 0.40, _S3)
    KEPT = Price(
        *("S3", "GB kept, Standard", 1),
        # The first price is the page's, the two that follow are from memory.
        tiers=((50 * 1024, 0.023), (500 * 1024, 0.022), (ANY, 0.021)),
        source=_S3,
    )
    SENT = Price(
        *("Traffic", "GB to the internet", 1),
        # The last price is from memory.
        tiers=((10 * 1024, 0.09), (50 * 1024, 0.085), (150 * 1024, 0.07), (ANY, 0.05)),
        source=_S3,
    )
    QUEUE = _flat("SQS", "requests", MILLION, 0.40, _SQS)
    LOGS = _flat("CloudWatch", "GB of logs", 1, 0.50, _LOGS)
    LOGS_KEPT = _flat("CloudWatch", "GB of logs kept", 1, 0.03, CHECK)
    ALARMS = _flat("CloudWatch", "metrics of alarms", 1, 0.10, CHECK)
    METRICS = _flat("CloudWatch", "metrics of our own", 1, 0.30, _CLOUDWATCH)
    DASHBOARDS = _flat("CloudWatch", "dashboards", 1, 3.00, _LOGS)
    SCHEDULES = _flat("EventBridge", "scheduled runs", MILLION, 1.00, CHECK)
    SECRETS = _flat("Secrets Manager", "secrets", 1, 0.40, _SECRETS)
    SECRETS_READ = _flat("Secrets Manager", "reads", 10_000, 0.05, _SECRETS)
    ENDPOINTS = _flat("Network", "endpoint hours", 1, 0.01, _ENDPOINTS)
    MICRO = _flat("RDS", "hours of db.t4g.micro", 1, 0.016, _RDS)
    MEDIUM = _flat("RDS", "hours of db.t4g.medium", 1, 0.065, _RDS)
    DISK = _flat("RDS", "GB of gp3", 1, 0.115, _RDS_DISK)
    PROXY = _flat("RDS", "vCPU hours of the proxy", 1, 0.015, CHECK)
    ACL = _flat("WAF", "web ACLs", 1, 5.00, _WAF)
    RULES = _flat("WAF", "rules", 1, 1.00, _WAF)
    LOOKED_AT = _flat("WAF", "requests", MILLION, 0.60, _WAF)
    CDN = _flat("CloudFront", "HTTPS requests", MILLION, 1.00, CHECK)
    CDN_SENT = _flat("CloudFront", "GB to the internet", 1, 0.085, _CLOUDFRONT)
