"""Metrics out of log lines, by CloudWatch's embedded metric format."""

from __future__ import annotations

from typing import Any

from fragua import clock
from fragua.settings import settings

_NAMESPACE = "Fragua"


def one(name: str) -> dict[str, Any]:
    """Count one of something, e.g. `log.warning("...", extra=metrics.one("ViewsLost"))`.

    The logger writes these fields at the top of its JSON, where CloudWatch looks for them:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    described = {
        "Namespace": _NAMESPACE,
        "Dimensions": [["stage"]],
        "Metrics": [{"Name": name, "Unit": "Count"}],
    }
    about = {"Timestamp": int(clock.timestamp() * 1000), "CloudWatchMetrics": [described]}
    return {"_aws": about, "stage": settings().stage, name: 1}
