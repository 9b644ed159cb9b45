"""The door of CloudFormation: a function whose job is a part of a deployment (custom resource).

CloudFormation waits until it is told how the job went, by a PUT to a URL of S3 that it sends along.
Source: "Custom resource reference" in the AWS CloudFormation User Guide.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger

from fragua.settings import settings

Event = dict[str, Any]
Job = Callable[[], dict[str, str]]

log = Logger(service="fragua", use_rfc3339=True)


def resource_handler(do: Job) -> Callable[[Event, Any], dict[str, str]]:
    """Make a Lambda handler out of a job that is done at each deployment, or when invoked by hand.

    What the job returns are the resource's attributes. Where it raises, the deployment fails and is
    rolled back; who invoked it by hand sees the error. Nothing is done when the resource goes.
    """

    def handler(event: Event, context: Any) -> dict[str, str]:
        log.set_correlation_id(context.aws_request_id)
        log.setLevel(settings().log_level)
        if "ResponseURL" not in event:
            return do()
        answer = _answer(do, event, context)
        _tell(event, answer)
        found: dict[str, str] = answer["Data"]
        return found

    return handler


def _answer(do: Job, event: Event, context: Any) -> dict[str, Any]:
    known = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    # Always the same: CloudFormation would delete what has got another name.
    known["PhysicalResourceId"] = event.get("PhysicalResourceId") or event["LogicalResourceId"]
    try:
        data = do() if event["RequestType"] != "Delete" else {}
    # Whatever it is: CloudFormation would wait for an hour.
    except Exception as error:
        log.exception("failed")
        # The error's own words may hold values of rows; the log does.
        where = f"see {context.log_group_name}, request {context.aws_request_id}"
        reason = f"{type(error).__name__}; {where}"
        return {**known, "Status": "FAILED", "Reason": reason, "Data": {}}
    return {**known, "Status": "SUCCESS", "Data": data}


def _tell(event: Event, answer: dict[str, Any]) -> None:
    request = urllib.request.Request(  # noqa: S310 - the URL is CloudFormation's own
        event["ResponseURL"],
        json.dumps(answer).encode(),
        # Signed without a type; urllib would name one.
        {"Content-Type": ""},
        method="PUT",
    )
    with urllib.request.urlopen(request, timeout=30):  # noqa: S310 - likewise
        log.info("told CloudFormation", extra={"status": answer["Status"]})
