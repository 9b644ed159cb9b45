"""E-mails that functions send through the emulator, as files that a mail program opens."""

import json
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from moto.sesv2.responses import SESV2Response


def keep(folder: Path) -> None:
    """Puts each e-mail that moto takes into `folder`; moto itself forgets the text beside HTML."""
    send_email = SESV2Response.send_email

    def send_and_keep(response: SESV2Response) -> str:
        answer = send_email(response)
        write(folder, json.loads(response.body), json.loads(answer)["MessageId"])
        return answer

    SESV2Response.send_email = send_and_keep  # type: ignore[method-assign,assignment]


def write(folder: Path, request: dict[str, Any], message_id: str) -> None:
    """Writes the e-mail of a SendEmail request; the files' names sort by time."""
    now = datetime.now(UTC)
    path = folder / f"{now:%Y%m%dT%H%M%S.%fZ}-{message_id[:8]}.eml"
    # Whoever looks into the folder sees no half of a file.
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(_message(request, message_id, now).as_bytes(policy=SMTP))
    unfinished.replace(path)


def _message(request: dict[str, Any], message_id: str, now: datetime) -> EmailMessage:
    content = request["Content"]["Simple"]
    message = EmailMessage()
    message["From"] = request["FromEmailAddress"]
    # EmailMessage would decode what looks like an encoded word (RFC 2047), which no address is.
    message["To"] = ", ".join(request["Destination"]["ToAddresses"]).replace("=?", "=%3F")
    message["Subject"] = content["Subject"]["Data"]
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{message_id}@email.amazonses.com>"
    message.set_content(content["Body"]["Text"]["Data"], cte="quoted-printable")
    message.add_alternative(content["Body"]["Html"]["Data"], subtype="html", cte="quoted-printable")
    return message
