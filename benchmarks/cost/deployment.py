"""What stands there and costs something though nobody comes, in each stage.

Alarms, queues, schedules, secrets and the functions' memory are read from the templates, so they
are never out of date here; network and database are those that docs/costs.md describes.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.cost.prices import Meter
from local.document import read

ROOT = Path(__file__).resolve().parents[2]
# Hours of a month, as AWS reckons, and its seconds.
HOURS = 730
SECONDS = HOURS * 3600
# Lambda asks each queue by five requests at once, of up to 20 s each, though it is empty. AWS names
# no number; others do:
# https://betterprogramming.pub/lambda-sqs-trigger-and-concurrency-87131dad9a12
POLLERS, POLL = 5, 20
# The password of PostgreSQL's owner, which RDS makes.
DATABASE_SECRETS = 1
# SQS and Secrets Manager; S3 and DynamoDB have gateway endpoints, which cost nothing.
INTERFACE_ENDPOINTS = 2
REPLICA_DISK = 20
# Conditions that hold only where somebody asks for more. With a replica the owner's password is a
# secret of the stack's own, instead of RDS'.
_OPTIONS = ("HasEdge", "HasReplica")


@dataclass(frozen=True)
class Stage:
    """The network and the database of a stage; `zones` have an endpoint each, `disk` is in GB."""

    zones: int
    instance: Meter
    instances: int
    disk: int
    proxy: int


STAGES = {
    "development": Stage(zones=1, instance=Meter.MICRO, instances=1, disk=20, proxy=0),
    # Two instances, as Multi-AZ is billed, and both disks; the proxy's least are two vCPUs.
    "production": Stage(zones=2, instance=Meter.MEDIUM, instances=2, disk=20, proxy=2),
}


def standing(stage: Stage, *, replica: bool, cdn: bool) -> dict[Meter, float]:
    """Count what a stage has for a whole month."""
    count: Counter[Meter] = Counter()
    count[stage.instance] = stage.instances * HOURS
    count[Meter.DISK] = stage.instances * stage.disk
    count[Meter.PROXY] = stage.proxy * HOURS
    count[Meter.ENDPOINTS] = INTERFACE_ENDPOINTS * stage.zones * HOURS
    count[Meter.SECRETS] = DATABASE_SECRETS + len(_of("AWS::SecretsManager::Secret"))
    count[Meter.ALARMS] = sum(_metrics(alarm) for alarm in _of("AWS::CloudWatch::Alarm"))
    count[Meter.DASHBOARDS] = len(_of("AWS::CloudWatch::Dashboard"))
    count[Meter.METRICS] = len(own_metrics())
    count[Meter.QUEUE] = queues() * POLLERS * SECONDS // POLL
    count[Meter.SCHEDULES] = sum(schedules().values())
    if replica:
        count[stage.instance] += HOURS
        count[Meter.DISK] += REPLICA_DISK
    if cdn:
        (acl,) = _of("AWS::WAFv2::WebACL")
        secrets = len(_of("AWS::SecretsManager::Secret", "HasEdge"))
        count.update({Meter.ACL: 1, Meter.RULES: len(acl["Rules"]), Meter.SECRETS: secrets})
    return {meter: float(number) for meter, number in count.items() if number}


@cache
def _documents() -> list[dict[str, Any]]:
    """template.yaml, and the templates that are nested in it."""
    nested = sorted((ROOT / "infrastructure").glob("*.yaml"))
    return [read(path) for path in (ROOT / "template.yaml", *nested)]


def _resources() -> Iterator[dict[str, Any]]:
    for document in _documents():
        yield from document["Resources"].values()


def _of(kind: str, only: str = "") -> list[dict[str, Any]]:
    """Return the properties of all resources of a kind, or of those with this condition alone.

    The others' conditions hold in every stage that is reckoned here.
    """
    return [
        each.get("Properties", {})
        for each in _resources()
        if each["Type"] == kind and _option(each) == only
    ]


def _option(resource: dict[str, Any]) -> str:
    condition = str(resource.get("Condition"))
    return condition if condition in _OPTIONS else ""


def _metrics(alarm: dict[str, Any]) -> int:
    """Return how many metrics an alarm is charged for: each that its arithmetic takes."""
    taken = sum("MetricStat" in query for query in alarm.get("Metrics", []))
    return max(1, taken)


@cache
def own_metrics() -> set[str]:
    """Name the metrics that the code itself writes: a failure's each of its reasons is another one.

    They are paid for by the hours in which they are written; here all are, all the time.
    """
    path = ROOT / "shared_package" / "fragua" / "metrics.py"
    said = {
        ast.unparse(node.target): node.value
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.AnnAssign) and node.value
    }
    units, reasons = (ast.literal_eval(said[name]) for name in ("UNITS", "REASONS"))
    other = {f"{name} {code}" for name, codes in reasons.items() for code in (*codes, "other")}
    return {*units} | other


def _events(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the function, like uploads.assemble, and the properties of each event of a kind."""
    for function in _of("AWS::Serverless::Function"):
        for event in (function.get("Events") or {}).values():
            if event["Type"] == kind:
                yield _name(function), event["Properties"]


def _name(function: dict[str, Any]) -> str:
    return str(function["Handler"]).removesuffix(".handler")


def queues() -> int:
    """Return how many queues Lambda asks all the time, the dead letters' included."""
    return len(list(_events("SQS")))


def batching(function: str) -> tuple[int, int]:
    """Return how many messages a worker gets at once, and the seconds that they are waited for."""
    event = next(properties for name, properties in _events("SQS") if name == function)
    return event["BatchSize"], event["MaximumBatchingWindowInSeconds"]


def schedules() -> Counter[str]:
    """Count the runs of each function that a schedule starts in a month."""
    count: Counter[str] = Counter()
    for name, event in _events("ScheduleV2"):
        every = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", event["ScheduleExpression"])
        if every is None:
            raise ValueError(f"{name}: {event['ScheduleExpression']} is no rate")
        seconds = {"minute": 60, "hour": 3600, "day": 86400}[every[2]]
        count[name] += SECONDS // (int(every[1]) * seconds)
    return count


@cache
def memory(function: str) -> float:
    """Return the memory of a function, like uploads.create, in GB."""
    megabytes = _documents()[0]["Globals"]["Function"]["MemorySize"]
    for properties in _of("AWS::Serverless::Function"):
        if _name(properties) == function:
            megabytes = properties.get("MemorySize", megabytes)
    return float(megabytes) / 1024
