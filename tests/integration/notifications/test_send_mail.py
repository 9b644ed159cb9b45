"""E-mails from the queue to SES: each at least once, or dropped with a line that says so."""

from __future__ import annotations

import io
import json
from typing import Any
from uuid import uuid4

import pytest

from fragua.clock import new_id
from fragua.notifications import mail
from fragua.notifications.composing import Notice, compose
from fragua.settings import settings
from tests.support.backend import environment_of, invoke, mailbox
from tests.support.events import queue_event
from tests.support.mails import part
from tests.support.outages import down, refused
from tests.support.queues import take

WORKER = "notifications.send_mail"
DONE: dict[str, list[Any]] = {"batchItemFailures": []}
AGAIN = {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
SENDING = ("sesv2", "SendEmail")
# What SES says of us, our account or our pace, and of nobody's address (API_SendEmail of SESv2).
OURS = [
    ("TooManyRequestsException", 429),
    ("LimitExceededException", 400),
    ("AccountSuspendedException", 400),
    ("SendingPausedException", 400),
    ("MailFromDomainNotVerifiedException", 400),
    ("NotFoundException", 404),
    ("AccessDeniedException", 403),
    ("InternalFailure", 500),
    # Of a sender that isn't verified, and of much else.
    ("MessageRejected", 400),
]


@pytest.fixture(autouse=True)
def _services(backend: dict[str, str]) -> None:
    """All here need the emulator."""


def address() -> str:
    return f"{uuid4().hex}@example.com"


def message(to: str) -> dict[str, str]:
    return {"id": str(new_id()), "to": to, "subject": "Sübject", "text": "Téxt\n", "html": "<p>✓\n"}


def work(*messages: dict[str, str]) -> dict[str, Any]:
    """Run the worker on messages, in this process."""
    return invoke(WORKER, queue_event(*messages))


def test_a_message_becomes_an_e_mail_in_text_and_html() -> None:
    to = address()
    assert work(message(to)) == DONE
    (sent,) = mailbox.of(to)
    assert (sent["From"], sent["Subject"]) == (settings().mail_sender, "Sübject")
    assert part(sent, "plain") == "Téxt\n"
    assert part(sent, "html") == "<p>✓\n"


def test_what_is_put_into_the_queue_is_what_arrives() -> None:
    to, name = address(), "<b>Pen & ink</b> ✒️\r\nBcc: victim@example.com"
    change: dict[str, list[Any]] = {
        "name": [None, name],
        "price": [None, {"amount": "12.50", "currency": "USD"}],
    }
    composed = compose(Notice("product_created", "PEN-1", to, change, "2026-11-20T22:30:00Z"))
    mail.enqueue(new_id(), to, composed)
    assert work(*take(settings().mail_queue_url)) == DONE
    (sent,) = mailbox.of(to)
    assert sent["Bcc"] is None
    assert sent["Subject"] == composed.subject
    assert part(sent, "plain") == composed.text
    assert part(sent, "html") == composed.html


@pytest.mark.parametrize(("code", "status"), OURS)
def test_a_refusal_that_is_no_fault_of_the_address_comes_again(
    lines: io.StringIO, code: str, status: int
) -> None:
    to = address()
    with refused(*SENDING, code, status):
        assert work(message(to)) == AGAIN
    assert to not in lines.getvalue()
    assert work(message(to)) == DONE
    assert len(mailbox.of(to)) == 1


def test_an_outage_of_ses_makes_the_message_come_again() -> None:
    with down(*SENDING):
        assert work(message(address())) == AGAIN


def test_a_sender_that_is_not_verified_costs_no_mail() -> None:
    with environment_of({"MAIL_SENDER": "stranger@example.org"}):
        assert work(message(address())) == AGAIN


def test_an_address_that_ses_refuses_is_dropped_and_its_neighbours_get_theirs(
    lines: io.StringIO,
) -> None:
    before, bad, after = (message(address()) for _ in range(3))
    with refused(*SENDING, "BadRequestException", 400, only=bad["to"].encode()):
        assert work(before, bad, after) == DONE
    assert [len(mailbox.of(each["to"])) for each in (before, bad, after)] == [1, 0, 1]
    (line,) = [each for each in map(json.loads, lines.getvalue().splitlines()) if "code" in each]
    assert (line["level"], line["code"]) == ("ERROR", "BadRequestException")
    assert line["MailsDropped"] == 1
    assert line["notification_id"] == bad["id"]
    assert bad["to"] not in lines.getvalue()


@pytest.mark.parametrize("local", ["ñandú", "用户"])
def test_an_address_that_ses_cannot_write_is_dropped(lines: io.StringIO, local: str) -> None:
    to = f"{local}.{address()}"
    assert work(message(to)) == DONE
    assert mailbox.of(to) == []
    assert '"level":"WARNING"' in lines.getvalue()
    assert to not in lines.getvalue()


def test_a_domain_goes_to_ses_in_punycode() -> None:
    name = uuid4().hex
    assert work(message(f"{name}@straße.example.com")) == DONE
    assert len(mailbox.of(f"{name}@xn--strae-oqa.example.com")) == 1


def test_without_a_sender_nothing_is_sent_and_nothing_fails(lines: io.StringIO) -> None:
    to = address()
    with environment_of({"MAIL_SENDER": ""}), down(*SENDING):
        assert work(message(to)) == DONE
    (line,) = map(json.loads, lines.getvalue().splitlines())
    assert (line["level"], line["message"]) == ("INFO", "mail dropped: there is no sender")


@pytest.mark.parametrize("body", [{}, {"Event": "s3:TestEvent"}], ids=json.dumps)
def test_a_message_of_somebody_else_does_not_come_for_ever(body: dict[str, str]) -> None:
    assert work(body) == DONE
