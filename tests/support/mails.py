"""What functions have sent by e-mail, read as a mail program reads it."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path


@dataclass
class Mailbox:
    """All e-mails that the emulator has taken, in the folder where it puts them."""

    folder: Path = Path()

    def of(self, address: str) -> list[EmailMessage]:
        """Return what was sent to an address, the oldest first."""
        mails = map(read, sorted(self.folder.glob("*.eml")))
        return [mail for mail in mails if mail["To"] == address]


def read(path: Path) -> EmailMessage:
    """Read a file in the form of RFC 5322."""
    return message_from_bytes(path.read_bytes(), EmailMessage, policy=default)


def part(mail: EmailMessage, kind: str) -> str:
    """Return the alternative of an e-mail that is of a kind: "plain" or "html"."""
    assert mail.get_content_type() == "multipart/alternative"
    (found,) = [p for p in mail.iter_parts() if p.get_content_type() == f"text/{kind}"]
    assert isinstance(found, EmailMessage)
    content: str = found.get_content()
    # By RFC 5322 each line ends in CRLF, whatever ended it before.
    return content.replace("\r\n", "\n")
