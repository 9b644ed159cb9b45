"""E-mails on their way: into the queue, one message a recipient, and out of it by SES.

A message is `{"id", "to", "subject", "text", "html"}`; the id is that of the notification, which is
all that logs say of it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fragua import aws, metrics
from fragua.errors import Refused, Retry
from fragua.notifications.composing import Mail
from fragua.settings import settings

log = logging.getLogger("fragua")

# SES' only word that speaks of one address or message and of nothing else. All others speak of the
# deployment, e.g. AccountSuspendedException, or may: MessageRejected is said of content, but just
# as well of a sender that isn't verified and, in SES' sandbox, of such a recipient.
_UNDELIVERABLE = "BadRequestException"


def enqueue(notification_id: UUID, to: str, mail: Mail) -> None:
    """Have an e-mail sent to one address; `Unavailable` when the queue may not have got it."""
    message = {
        "id": str(notification_id),
        "to": to,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
    }
    aws.send(settings().mail_queue_url, json.dumps(message))


def send(message: Mapping[str, Any]) -> None:
    """Send one message of the queue; one that can never arrive is dropped.

    Raises `Unavailable` or `Retry` for what must come again: SES is down or wants fewer at a time,
    or somebody has to mend the deployment.
    """
    about = {"notification_id": message["id"]}
    sender, to = settings().mail_sender, _in_ascii(message["to"])
    if not sender:
        log.info("mail dropped: there is no sender", extra=about)
    elif not to:
        log.warning("mail dropped: SES can't write the address", extra=about)
    else:
        _send(sender, to, message, about)


def _send(sender: str, to: str, message: Mapping[str, Any], about: dict[str, str]) -> None:
    try:
        sent = aws.call(
            "sesv2",
            "send_email",
            FromEmailAddress=sender,
            Destination={"ToAddresses": [to]},
            Content=_content(message),
        )
    except Refused as error:
        if error.code != _UNDELIVERABLE:
            # Not with its cause, whose text may hold the address.
            raise Retry(f"mail of {message['id']}: {error.code}") from None
        why = {**about, "code": error.code, **metrics.one("MailsDropped")}
        log.error("mail dropped: SES refuses it", extra=why)  # noqa: TRY400 - its text has the address
    else:
        log.info("mail sent", extra={**about, "ses_message_id": sent["MessageId"]})


def _content(message: Mapping[str, Any]) -> dict[str, Any]:
    def utf8(part: str) -> dict[str, str]:
        return {"Data": message[part], "Charset": "UTF-8"}

    body = {"Text": utf8("text"), "Html": utf8("html")}
    return {"Simple": {"Subject": utf8("subject"), "Body": body}}


def _in_ascii(address: str) -> str:
    """Write an address as SES takes it, its domain in Punycode; "" where it can't be.

    SES knows no SMTPUTF8: all before the @ must be ASCII as it is (API_Destination of SESv2).
    """
    if address.isascii():
        return address
    # Only here: it takes 20 ms to import, and hardly an address needs it.
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(address, check_deliverability=False).ascii_email or ""
    except EmailNotValidError:
        return ""
