"""E-mails that the emulator takes are files, which a mail program opens."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from local.clients import client
from local.deployment import SENDER
from local.emulator import emulator
from tests.support.mails import read


def send(ses: Any, subject: str, *, sender: str = SENDER, to: str = "bob@example.com") -> str:
    """Sends an e-mail; answers its id."""
    body = {"Text": {"Data": "text"}, "Html": {"Data": "<p>html</p>"}}
    answer = ses.send_email(
        FromEmailAddress=sender,
        Destination={"ToAddresses": ["ada@example.com", to]},
        Content={"Simple": {"Subject": {"Data": subject}, "Body": body}},
    )
    return str(answer["MessageId"])


def mails(folder: Path) -> list[EmailMessage]:
    """All e-mails, in the order of their files' names."""
    return [read(path) for path in sorted(folder.glob("*.eml"))]


def test_each_e_mail_is_a_file_whose_name_sorts_by_time(tmp_path: Path) -> None:
    with emulator(tmp_path) as endpoint:
        ses = client("sesv2", endpoint)
        ses.create_email_identity(EmailIdentity=SENDER)
        ids = [send(ses, subject) for subject in ("first", "second", "third")]
        with pytest.raises(ses.exceptions.MessageRejected):
            send(ses, "fourth", sender="stranger@example.org")
    assert [mail["Subject"] for mail in mails(tmp_path)] == ["first", "second", "third"]
    assert [mail["Message-ID"] for mail in mails(tmp_path)] == [
        f"<{name}@email.amazonses.com>" for name in ids
    ]
    assert mails(tmp_path)[0]["To"] == "ada@example.com, bob@example.com"
    assert len(list(tmp_path.iterdir())) == 3


def test_an_address_that_looks_like_an_encoded_word_breaks_no_header(tmp_path: Path) -> None:
    with emulator(tmp_path) as endpoint:
        ses = client("sesv2", endpoint)
        ses.create_email_identity(EmailIdentity=SENDER)
        send(ses, "one", to="=?utf-8?q?a=0ab?=@example.com")
    (mail,) = mails(tmp_path)
    assert mail["To"] == "ada@example.com, =%3Futf-8?q?a=0ab?=@example.com"
