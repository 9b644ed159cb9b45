"""What waits in the mail queue becomes a file in the folder that the stack's banner names."""

import json
from uuid import uuid4

from local.clients import client
from local.deployment import SENDER
from tests.e2e.support.stack import LocalStack
from tests.e2e.support.waiting import eventually
from tests.support.mails import Mailbox, part

TEXT = "Product ÑU-1 was changed\n"
HTML = "<!doctype html>\n<h1>Product ÑU-1 was changed</h1>\n"


def put(stack: LocalStack, *bodies: dict[str, str]) -> None:
    """Put messages into the stack's mail queue."""
    sqs = client("sqs", stack.banner["AWS emulator"])
    (url,) = (url for url in sqs.list_queues()["QueueUrls"] if "-MailQueue-" in url)
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body))


def test_an_e_mail_can_be_read_where_the_banner_says(stack: LocalStack, mailbox: Mailbox) -> None:
    to = f"{uuid4().hex}@example.com"
    message = {"id": str(uuid4()), "to": to, "subject": "Ñ", "text": TEXT, "html": HTML}
    # The first is for an address that SES can't write: the second arrives all the same.
    put(stack, {**message, "to": f"ñ{to}"}, message)
    (mail,) = eventually(lambda: mailbox.of(to), bool)
    assert (mail["From"], mail["Subject"]) == (SENDER, "Ñ")
    assert part(mail, "plain") == TEXT
    assert part(mail, "html") == HTML
    assert mailbox.of(f"ñ{to}") == []
