"""Batches mean to a function, and its answers to the queue, what they mean on AWS."""

import datetime as dt
from typing import Any

import pytest

from local.batches import succeeded, to_event
from local.cron import seconds_until_next
from local.errors import TemplateError
from local.plan import Schedule
from local.schedules import to_event as to_scheduled_event

MESSAGES = [{"MessageId": name} for name in ("a", "b", "c")]
NOW = dt.datetime(2026, 11, 21, 2, 3, 30, tzinfo=dt.UTC)


def test_a_record_has_the_form_of_sqs() -> None:
    message = {
        "MessageId": "1",
        "ReceiptHandle": "r",
        "Body": "{}",
        "MD5OfBody": "m",
        "Attributes": {"ApproximateReceiveCount": "2"},
        "MessageAttributes": {
            "trace": {"DataType": "String", "StringValue": "t"},
            "raw": {"DataType": "Binary", "BinaryValue": b"\xff"},
        },
    }
    (record,) = to_event([message], "arn:aws:sqs:us-east-1:1:q")["Records"]
    assert record == {
        "messageId": "1",
        "receiptHandle": "r",
        "body": "{}",
        "attributes": {"ApproximateReceiveCount": "2"},
        "messageAttributes": {
            "trace": {
                "stringValue": "t",
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": "String",
            },
            "raw": {
                "binaryValue": "/w==",
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": "Binary",
            },
        },
        "md5OfBody": "m",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:1:q",
        "awsRegion": "us-east-1",
    }


def failures(*ids: Any) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": one} for one in ids]}


@pytest.mark.parametrize(
    ("result", "kept"),
    [
        (None, "abc"),
        ({}, "abc"),
        (failures(), "abc"),
        ({"batchItemFailures": None}, "abc"),
        (failures("b"), "ac"),
        (failures("a", "b", "c"), ""),
        (failures("unknown"), ""),
        (failures(None), ""),
        (failures(""), ""),
        ({"batchItemFailures": [{"wrong": "b"}]}, ""),
        ({"batchItemFailures": ["b"]}, ""),
        ({"batchItemFailures": "b"}, ""),
        ({"other": 1}, ""),
        ("text", ""),
    ],
    ids=str,
)
def test_partial_failures(result: Any, kept: str) -> None:
    done = succeeded(MESSAGES, result, partial=True)
    assert "".join(message["MessageId"] for message in done) == kept


def test_without_partial_failures_every_answer_is_a_success() -> None:
    assert succeeded(MESSAGES, failures("a"), partial=False) == MESSAGES


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [
        ("rate(1 minute)", 60),
        ("rate(12 hours)", 43_200),
        ("cron(* * * * ? *)", 30),
        ("cron(0/15 * * * ? *)", 690),
        ("cron(0 3 * * ? *)", 3_390),
        ("cron(5 1 ? * SUN *)", 82_890),
        ("cron(5 1 ? * 1 *)", 82_890),
        ("cron(0 0 1 JAN ? 2027)", 3_534_990),
    ],
)
def test_a_schedule_knows_when_it_is_due(expression: str, seconds: float) -> None:
    assert seconds_until_next(expression, NOW) == seconds


@pytest.mark.parametrize(
    "expression",
    [
        "every minute",
        "cron(* * * * *)",
        "cron(61 * * * ? *)",
        "cron(0 0 L * ? *)",
        "cron(0 0 31 2 ? *)",
    ],
)
def test_a_schedule_that_never_comes_is_refused(expression: str) -> None:
    with pytest.raises(TemplateError):
        seconds_until_next(expression, NOW)


def test_a_schedules_event_is_its_input_or_amazons() -> None:
    schedule = Schedule("Clock", "F", "rate(1 minute)", "aws.events", '{"a": 1}')
    assert to_scheduled_event(schedule) == {"a": 1}
    made = to_scheduled_event(Schedule("Clock", "F", "rate(1 minute)", "aws.scheduler", None))
    assert (made["source"], made["detail-type"]) == ("aws.scheduler", "Scheduled Event")
