"""What runs of functions come to on AWS' meters. Times are assumed, all else is counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from benchmarks.cost.deployment import memory
from benchmarks.cost.prices import Meter
from benchmarks.cost.runs import Run, Work

Counts = dict[Meter, float]

GB = 2**30
HTTP_STEP = 512 * 1024

# What S3 charges like a GET; and what it does not charge for: deleting.
_GETS = {"s3:GetObject", "s3:HeadObject"}
_FREE = {"s3:DeleteObjects"}

# Seconds of one request, from a function in the region: assumed. S3's is that of
# benchmarks/store.py; joining takes longer the more parts there are.
WAITS = {"dynamodb": 0.005, "s3": 0.030, "sqs": 0.010, "sql": 0.003}
JOINING = 0.5
# Seconds of a run besides what it waits for: 1.5 ms of a whole processor (docs/benchmarks.md), of
# which a function of 512 MB has less than a third.
OWN = 0.006
# Bytes a second: one connection to S3, and the worker that packs (docs/benchmarks.md).
RATE, PACKING = 85e6, 99e6
# One run in a hundred starts cold; Lambda bills the start, which reads a secret.
COLD, COLD_SECONDS = 0.01, 1.0

# Bytes of what Lambda logs of a run (platform.start and platform.report, in JSON) and the gateway
# of a request; CloudWatch adds 26 bytes to each event.
EVENT = 26
LAMBDA_LOG, GATEWAY_LOG = 410 + 2 * EVENT, 220 + EVENT
# Bytes of an answer's headers.
HEADERS = 500


def added(parts: Iterable[Mapping[Meter, float]]) -> Counts:
    """Add counts up."""
    total: Counts = {}
    for part in parts:
        for meter, quantity in part.items():
            total[meter] = total.get(meter, 0.0) + quantity
    return total


def times(counts: Mapping[Meter, float], number: float) -> Counts:
    """Return what it comes to when it happens that often."""
    return {meter: quantity * number for meter, quantity in counts.items()}


def weigh(work: Work, *, cdn: bool) -> Counts:
    """Count what happens once; with `cdn` the API stands behind CloudFront."""
    runs = [times(weigh_run(run, cdn=cdn), run.times) for run in work.runs]
    return added([*runs, _requests(work.by_client), {Meter.SENT: work.sent / GB}])


def weigh_run(run: Run, *, cdn: bool = False) -> Counts:
    """Count what a single run takes."""
    logged = run.logged + (EVENT if run.logged else 0)
    parts = [_requests(run.calls), _requests(run.beside)]
    if run.http:
        parts.append(_http(run, cdn=cdn))
        logged += GATEWAY_LOG
    if run.invoked:
        parts.append({Meter.RUNS: 1, Meter.SECRETS_READ: COLD})
        logged += LAMBDA_LOG
    took = seconds(run) + (COLD * COLD_SECONDS if run.invoked else 0)
    parts.append({Meter.GB_SECONDS: took * memory(run.function)})
    parts.append({Meter.READS: run.reads, Meter.WRITES: run.writes})
    parts.append({Meter.LOGS: logged / GB, Meter.LOGS_KEPT: logged / GB})
    return added(parts)


def seconds(run: Run) -> float:
    """Return how long a warm run takes: its own work, what it waits for, and the bytes."""
    waits = sum(WAITS[name.partition(":")[0]] * number for name, number in run.calls.items())
    waits += JOINING * run.calls.get("s3:CompleteMultipartUpload", 0)
    waits += WAITS["sql"] * run.statements
    return OWN + run.busy + waits + run.moved / (PACKING if run.beside else RATE)


def _http(run: Run, *, cdn: bool) -> Counts:
    """Count what the gateway sees and, where it stands before it, CloudFront."""
    steps = -(-max(1, run.taken + run.given) // HTTP_STEP)
    sent = (run.given + HEADERS) / GB
    if not cdn:
        return {Meter.HTTP: steps, Meter.SENT: sent}
    # What goes to CloudFront leaves AWS from there.
    return {Meter.HTTP: steps, Meter.CDN_SENT: sent, Meter.CDN: 1, Meter.LOOKED_AT: 1}


def _requests(calls: Mapping[str, int]) -> Counts:
    """Count requests to S3 and SQS; DynamoDB charges by units instead."""
    named = ((_meter(name), number) for name, number in calls.items())
    return added({meter: number} for meter, number in named if meter)


def _meter(name: str) -> Meter | None:
    if name.startswith("sqs:"):
        return Meter.QUEUE
    if not name.startswith("s3:") or name in _FREE:
        return None
    return Meter.GETS if name in _GETS else Meter.PUTS
