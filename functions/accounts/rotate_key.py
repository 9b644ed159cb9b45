"""Called by Secrets Manager, four times for each rotation: give tokens a new signing key."""

from typing import Any

from aws_lambda_powertools import Logger

from fragua.accounts.rotation import Rotation

log = Logger(service="fragua", use_rfc3339=True)


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    log.set_correlation_id(context.aws_request_id)
    Rotation(event["SecretId"], event["ClientRequestToken"]).do(event["Step"])
    done = {"step": event["Step"], "version": event["ClientRequestToken"]}
    log.info("rotated", extra=done)
    return done
