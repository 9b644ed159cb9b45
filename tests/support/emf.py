"""Metrics in log lines, judged by the specification of CloudWatch's embedded metric format.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]

# Of MetricDatum's units, those that something here is measured in.
_UNITS = {"Count", "Bytes", "Seconds"}
# The specification's limits: bytes of an event, metrics of a directive, dimensions of a set; and
# CloudWatch's of a dimension's value, by whose values metrics are told apart.
_BYTES, _METRICS, _DIMENSIONS, _VALUE = 256 * 1024, 100, 30, 1024


def measured(lines: Iterable[Json]) -> dict[str, list[float]]:
    """Return the values of each metric in the lines, in their order; all that is said is valid."""
    found: dict[str, list[float]] = {}
    for line in lines:
        if "_aws" in line:
            assert_valid(line)
            for name in _names(line):
                found.setdefault(name, []).append(line[name])
    return found


def assert_valid(line: Json) -> None:
    """Judge a document: CloudWatch drops metrics of one that is not valid, and says nothing."""
    about = line["_aws"]
    assert set(about) == {"Timestamp", "CloudWatchMetrics"}
    assert type(about["Timestamp"]) is int
    # Not more than two weeks old, nor more than two hours ahead: here it is now.
    assert abs(about["Timestamp"] / 1000 - time.time()) < 600
    assert len(json.dumps(line)) < _BYTES
    for directive in about["CloudWatchMetrics"]:
        assert set(directive) == {"Namespace", "Dimensions", "Metrics"}
        assert directive["Namespace"] == "Fragua"
        assert directive["Dimensions"]
        for dimensions in directive["Dimensions"]:
            _judge_dimensions(line, dimensions)
        assert 0 < len(directive["Metrics"]) <= _METRICS
        for metric in directive["Metrics"]:
            _judge_metric(line, metric)


def _judge_dimensions(line: Json, dimensions: Any) -> None:
    assert isinstance(dimensions, list)
    assert len(dimensions) <= _DIMENSIONS
    for name in dimensions:
        # A member of the root, and a string.
        assert isinstance(line[name], str)
        assert line[name].isascii()
        assert 0 < len(line[name]) <= _VALUE


def _judge_metric(line: Json, metric: Json) -> None:
    assert set(metric) == {"Name", "Unit"}
    assert 0 < len(metric["Name"]) <= 255
    assert metric["Unit"] in _UNITS
    assert type(line[metric["Name"]]) in (int, float)


def _names(line: Json) -> list[str]:
    return [m["Name"] for each in line["_aws"]["CloudWatchMetrics"] for m in each["Metrics"]]
