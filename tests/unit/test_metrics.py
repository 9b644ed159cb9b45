"""Metrics are valid documents, of few dimensions, and written however little else is."""

from __future__ import annotations

import ast
import io
import logging
from typing import Any

import pytest

from fragua import metrics
from fragua.worker import log
from tests.support.emf import assert_valid
from tests.support.logs import parsed
from tests.support.paths import ROOT

pytestmark = pytest.mark.usefixtures("environment")


def logged(lines: io.StringIO) -> dict[str, Any]:
    """Return the one line that was written."""
    (line,) = parsed(lines)
    return line


@pytest.mark.parametrize("name", metrics.UNITS)
def test_each_metric_makes_a_valid_document(lines: io.StringIO, name: str) -> None:
    metrics.log("said", metrics.measured(**{name: 1.5}))
    line = logged(lines)
    assert_valid(line)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Dimensions"] == [["stage"]]
    assert directive["Metrics"] == [{"Name": name, "Unit": metrics.UNITS[name]}]
    assert (line["stage"], line[name]) == ("unit", 1.5)


def test_what_belongs_together_is_one_line(lines: io.StringIO) -> None:
    metrics.log("ready", {"file_id": "1"} | metrics.measured(UploadsReady=1, BytesReady=0))
    line = logged(lines)
    assert_valid(line)
    assert (line["UploadsReady"], line["BytesReady"], line["file_id"]) == (1, 0, "1")


def test_a_failure_is_counted_with_all_others_and_by_its_reason(lines: io.StringIO) -> None:
    metrics.log("failed", metrics.failed("VideosFailed", "damaged", 3))
    line = logged(lines)
    assert_valid(line)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Dimensions"] == [["stage"], ["stage", "reason"]]
    assert (line["reason"], line["VideosFailed"]) == ("damaged", 3)


def test_a_reason_that_is_none_of_the_known_ones_makes_no_metric_of_its_own() -> None:
    counted = metrics.failed("UploadsFailed", "the file a.txt of ada@example.com is broken")
    assert counted["reason"] == "other"


@pytest.mark.parametrize("level", ["INFO", "WARNING", "ERROR"])
def test_a_metric_is_written_however_severe_other_lines_must_be(
    lines: io.StringIO, level: str
) -> None:
    before = log.log_level
    log.setLevel(level)
    try:
        metrics.log("counted", metrics.one("LoginsRefused"))
    finally:
        log.setLevel(before)
    assert logged(lines)["LoginsRefused"] == 1


def test_its_line_says_where_it_was_written_and_how_severe_it_is(lines: io.StringIO) -> None:
    metrics.log("failed", metrics.failed("UploadsFailed", "fragments_lost"), logging.WARNING)
    line = logged(lines)
    assert line["location"].startswith("test_its_line_says_where")
    assert (line["level"], line["message"]) == ("WARNING", "failed")


def made(path: str, exception: str) -> set[str]:
    """Return the codes that a module makes an exception with."""
    tree = ast.parse((ROOT / "shared_package" / "fragua" / path).read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    codes = (call.args[0] for call in calls if ast.unparse(call.func) == exception)
    return {ast.literal_eval(code) for code in codes}


def test_the_reasons_are_the_codes_that_things_fail_with() -> None:
    found = {
        "UploadsFailed": made("uploads/assembly.py", "Broken"),
        "PicturesRefused": made("images/refusal.py", "Refusal"),
        "VideosFailed": made("videos/refusal.py", "Refusal"),
    }
    assert found == {name: set(codes) for name, codes in metrics.REASONS.items()}
