"""Metrics out of log lines, by CloudWatch's embedded metric format.

Each is written where its effect is committed, by whoever committed it: a message that comes twice
finds the effect there and counts nothing. A worker that dies after the commit and before the line,
or never hears that it did commit, loses one count; no trouble of ours counts anything twice.

The logger writes the fields at the top of its JSON, where CloudWatch looks for them:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
`docs/observability.md` says what each metric means.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fragua import clock
from fragua.settings import settings

_NAMESPACE = "Fragua"

UNITS: Mapping[str, str] = {
    "UploadsCreated": "Count",
    "UploadsReady": "Count",
    "UploadsFailed": "Count",
    "BytesReady": "Bytes",
    "AssemblySeconds": "Seconds",
    "ThumbnailsMade": "Count",
    "PicturesRefused": "Count",
    "VideosReady": "Count",
    "VideosFailed": "Count",
    "RenditionSeconds": "Seconds",
    "LoginsRefused": "Count",
    "ViewsLost": "Count",
    "MailsDropped": "Count",
}

# Each value of a dimension is a metric of its own, and paid for: there are these, and `other`.
REASONS: Mapping[str, tuple[str, ...]] = {
    "UploadsFailed": ("checksum_mismatch", "fragments_lost", "assembly_failed"),
    "PicturesRefused": ("unsupported", "damaged", "too_large", "too_complex"),
    "VideosFailed": (
        "file_deleted", "file_quarantined", "not_made", "no_video",
        "unsupported", "damaged", "too_large", "too_complex",
    ),
}  # fmt: skip
OTHER = "other"

_log = logging.getLogger("fragua")


def log(message: str, fields: Mapping[str, Any], level: int = logging.INFO) -> None:
    """Log a line that carries metrics, however severe a line must be to be written."""
    file, line, function, _ = _log.findCaller(stacklevel=2)
    about = (_log.name, level, file, line, message, (), None, function, fields)
    _log.handle(_log.makeRecord(*about))


def one(name: str) -> dict[str, Any]:
    """Count one of something: `metrics.log("mail dropped", metrics.one("MailsDropped"))`."""
    return measured(**{name: 1})


def measured(**values: float) -> dict[str, Any]:
    """Measure things that belong together: `metrics.measured(UploadsReady=1, BytesReady=size)`."""
    return _document(values, ["stage"])


def failed(name: str, reason: str, count: int = 1) -> dict[str, Any]:
    """Count failures, all of them and by their reason: a code, never a text."""
    known = reason if reason in REASONS[name] else OTHER
    counted = _document({name: count}, ["stage"], ["stage", "reason"])
    return counted | {"reason": known}


def _document(values: Mapping[str, float], *dimensions: list[str]) -> dict[str, Any]:
    described = {
        "Namespace": _NAMESPACE,
        "Dimensions": list(dimensions),
        "Metrics": [{"Name": name, "Unit": UNITS[name]} for name in values],
    }
    about = {"Timestamp": int(clock.timestamp() * 1000), "CloudWatchMetrics": [described]}
    return {"_aws": about, "stage": settings().stage, **values}
