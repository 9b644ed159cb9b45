"""What is written about logs and metrics agrees with what the code logs and measures."""

from __future__ import annotations

import ast
import io
import logging
import re

import pytest

from fragua import metrics
from fragua.worker import Message, queue_handler
from tests.support.events import Context, queue_event
from tests.support.logs import parsed
from tests.support.paths import ROOT

PAGE = (ROOT / "docs" / "observability.md").read_text()
QUERIES = re.findall(r"^```\n(.+?)^```$", PAGE, re.MULTILINE | re.DOTALL)
# Of Logs Insights: what no field is, and what it adds to each line.
COMMANDS = {"fields", "filter", "sort", "stats", "limit"}
WORDS = {"asc", "desc", "as", "by", "or", "and", "sum", "ispresent", "failures"}
ADDED = {"@timestamp", "@log"}


def table(head: str) -> list[list[str]]:
    """Return the cells of the table that begins with a line."""
    rows = PAGE.partition(head + "\n")[2].partition("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def names(text: str) -> list[str]:
    """Return what stands in backticks."""
    return re.findall(r"`([^`]+)`", text)


FIELDS = {name for row in table("| field | what |") for name in names(row[0])}


def test_the_page_has_every_metric_with_its_unit_and_says_what_it_is() -> None:
    rows = table("| metric | unit | what |")
    assert {names(row[0])[0]: row[1] for row in rows} == metrics.UNITS
    assert len(rows) == len(metrics.UNITS)
    assert all(len(row[2]) > 10 for row in rows)


def test_the_page_has_every_reason() -> None:
    rows = table("| metric | `reason` |")
    found = {names(row[0])[0]: names(row[1]) for row in rows}
    assert found == {name: sorted(codes) for name, codes in metrics.REASONS.items()}


def test_those_with_reasons_are_the_ones_that_say_so() -> None:
    rows = table("| metric | unit | what |")
    told = {names(row[0])[0] for row in rows if row[2].endswith("also by `reason`")}
    assert told == set(metrics.REASONS)


@pytest.mark.usefixtures("environment")
def test_what_each_line_has_is_a_field_of_the_page(lines: io.StringIO) -> None:
    def work(_: Message) -> None:
        metrics.log("failed", metrics.failed("UploadsFailed", "fragments_lost"))
        logging.getLogger("fragua").error("failed", exc_info=ValueError("secret"))

    queue_handler(work)(queue_event({}, request_id="first"), Context())
    found = {name for line in parsed(lines) for name in line}
    assert "exception" in found
    assert found - {"UploadsFailed"} <= FIELDS


def extra_fields() -> set[str]:
    """Return the names of all fields that the code adds to lines, as far as it spells them out."""
    found: set[str] = set()
    for path in (ROOT / "shared_package" / "fragua").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            added = [each.value for each in node.keywords if each.arg == "extra"]
            if ast.unparse(node.func) == "metrics.log":
                added.append(node.args[1])
            inner = [each for one in added for each in ast.walk(one) if isinstance(each, ast.Dict)]
            found |= {ast.literal_eval(key) for each in inner for key in each.keys if key}
    return found


def test_what_the_code_adds_to_a_line_is_a_field_of_the_page() -> None:
    found = extra_fields()
    assert {"upload_id", "history_id", "code"} <= found
    assert found <= FIELDS


def test_there_is_a_query_for_each_question() -> None:
    assert len(QUERIES) == 4


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_asks_for_what_there_is_as_logs_insights_wants_it(query: str) -> None:
    steps = [step.strip() for step in query.split("|")]
    assert {step.split()[0] for step in steps} <= COMMANDS
    known = FIELDS | set(metrics.UNITS) | ADDED | {"request_id"}
    for step in steps:
        text = re.sub(r'"[^"]*"', "", step.partition(" ")[2])
        assert set(names(text)) <= known
        # All other names are of letters, digits, @ and dots alone: those need no backticks.
        plain = re.findall(r"[@\w.]+", re.sub(r"`[^`]+`", "", text))
        assert not [word for word in plain if "_" in word or "-" in word]
        fields = {word.partition(".")[0] for word in plain if not word.isdigit()}
        assert fields - WORDS <= known
