"""The doors of queues and schedules: each message on its own, failures reported one by one.

A message that failed comes again soon (5 to 60 s) instead of after the queue's long visibility
timeout; after the queue's `maxReceiveCount` it goes to the dead letters. Where a worker takes
those, too, the pauses grow to an hour.

A message is done in the name of the request that caused it, whose id it carries; one that carries
none, as those of earlier releases, in its own. A batch that is done in one go, and a schedule, have
the id that Lambda gave the invocation.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from fragua import aws, correlation, freshness, started
from fragua.errors import Refused, Retry, Unavailable
from fragua.settings import settings

Event = dict[str, Any]
Message = Mapping[str, Any]

log = Logger(service="fragua", use_rfc3339=True)

# Seconds. Five tries of a queue are soon; what waits among the dead letters is asked for less and
# less often, so that a message which can't be done costs little until it ends.
_FIRST_PAUSE = 5
_LONGEST_PAUSE, _LONGEST_OF_DEAD_LETTERS = 60, 3600
_TRIES = 5


def queue_handler(do: Callable[[Message], None]) -> Callable[[Event, Any], Event]:
    """Make a Lambda handler of SQS batches (ReportBatchItemFailures) out of a message's job."""

    def handler(event: Event, _context: Any) -> Event:
        # At once: the first message may take minutes.
        started()
        log.setLevel(settings().log_level)
        failed = [r["messageId"] for r in event["Records"] if not _done(do, r)]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    return handler


def batch_handler(do: Callable[[Sequence[Message]], None]) -> Callable[[Event, Any], Event]:
    """Make a Lambda handler of SQS batches out of a job that does all messages in one go.

    One that can't be done must not keep the others: then each is tried alone. But where something
    is down, they all come again, after the queue's own timeout.
    """
    one_by_one = queue_handler(lambda message: do([message]))

    def handler(event: Event, context: Any) -> Event:
        started()
        log.setLevel(settings().log_level)
        _begin(context.aws_request_id)
        try:
            do([json.loads(record["body"]) for record in event["Records"]])
        except (Retry, Unavailable) as error:
            log.warning("try again", extra={"reason": str(error)})
            failed = [{"itemIdentifier": record["messageId"]} for record in event["Records"]]
            return {"batchItemFailures": failed}
        except Exception as error:
            log.warning("one by one", exc_info=error)
            return one_by_one(event, context)
        return {"batchItemFailures": []}

    return handler


def schedule_handler(do: Callable[[], dict[str, int]]) -> Callable[[Event, Any], dict[str, int]]:
    """Make a Lambda handler of a schedule out of a job; what it returns is logged, too.

    Where something is down, the next run is soon enough: it returns nothing.
    """

    def handler(_event: Event, context: Any) -> dict[str, int]:
        started()
        log.setLevel(settings().log_level)
        _begin(context.aws_request_id)
        try:
            result = do()
        except Unavailable as error:
            log.warning("try again", extra={"reason": str(error)})
            return {}
        log.info("swept", extra=result)
        return result

    return handler


def _begin(request_id: str) -> None:
    log.set_correlation_id(request_id)
    correlation.begin(request_id)
    freshness.begin()


def _done(do: Callable[[Message], None], record: Mapping[str, Any]) -> bool:
    """Do one message's job; False when it shall come again."""
    carried = record.get("messageAttributes", {}).get(correlation.ATTRIBUTE, {})
    _begin(carried.get("stringValue") or record["messageId"])
    with log.append_context_keys(message_id=record["messageId"]):
        return _tried(do, record)


def _tried(do: Callable[[Message], None], record: Mapping[str, Any]) -> bool:
    try:
        do(json.loads(record["body"]))
    except (Retry, Unavailable) as error:
        log.warning("try again", extra={"reason": str(error)})
        _soon(record)
        return False
    # A poison message must not take its neighbours with it to the dead letters.
    except Exception:
        log.exception("failed")
        _soon(record)
        return False
    return True


def _soon(record: Mapping[str, Any]) -> None:
    receives = int(record["attributes"]["ApproximateReceiveCount"])
    longest = _LONGEST_PAUSE if receives <= _TRIES else _LONGEST_OF_DEAD_LETTERS
    pause = min(longest, _FIRST_PAUSE * 2 ** (min(receives, 20) - 1))
    try:
        aws.call(
            "sqs",
            "change_message_visibility",
            QueueUrl=_queue_url(record["eventSourceARN"]),
            ReceiptHandle=record["receiptHandle"],
            VisibilityTimeout=int(settings().scaled(pause)),
        )
    except (Unavailable, Refused):
        # Then it comes after the queue's own timeout: later, but it comes.
        log.warning("visibility not shortened")


@cache
def _queue_url(arn: str) -> str:
    # arn:aws:sqs:region:account:name
    account, name = arn.split(":")[4:]
    answer = aws.call("sqs", "get_queue_url", QueueName=name, QueueOwnerAWSAccountId=account)
    url: str = answer["QueueUrl"]
    return url
