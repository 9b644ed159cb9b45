"""What admins are written about each other's changes, as the local stack keeps it in files."""

from email.message import EmailMessage
from functools import cache
from pathlib import Path

import pytest

from tests.e2e.support.catalog import (
    Hire,
    change,
    make,
    price,
    remove,
    told,
)
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json
from tests.e2e.support.users import changed as change_user
from tests.e2e.support.users import removed
from tests.e2e.support.waiting import eventually
from tests.support.mails import Mailbox, part, read

EVIL = "<script>alert('x')</script> & \"Se\u00f1or\" <img src=x onerror=y> \U0001f528"
ACTIVE = ("<script", "<img src=x", "onerror=y>")


@cache
def opened(path: Path) -> tuple[EmailMessage, str]:
    """A mail and its text; there are many, and none changes."""
    mail = read(path)
    return mail, part(mail, "plain")


def mails_of(mailbox: Mailbox, sku: str) -> list[EmailMessage]:
    """All mails that tell of a SKU, the oldest first."""
    found = map(opened, sorted(mailbox.folder.glob("*.eml")))
    return [mail for mail, text in found if sku in text]


def mails_to(mailbox: Mailbox, person: Person, sku: str) -> list[EmailMessage]:
    """The mails that somebody got about a SKU, the oldest first."""
    return [mail for mail in mails_of(mailbox, sku) if person.email in addresses(mail)]


def got(mailbox: Mailbox, person: Person, sku: str, count: int = 1) -> list[EmailMessage]:
    """The mails that somebody got about a SKU, once they are that many."""
    return eventually(lambda: mails_to(mailbox, person, sku), lambda found: len(found) >= count)


def addresses(mail: EmailMessage) -> set[str]:
    """To whom it goes, by any of its headers."""
    headers = (mail[name] for name in ("to", "cc", "bcc") if mail[name] is not None)
    return {address.addr_spec for header in headers for address in header.addresses}


@pytest.fixture(scope="module")
def life(editor: Person, colleague: Person, mailbox: Mailbox) -> list[Json]:
    """A product with a name that a browser would run, made, changed and deleted."""
    first = make(editor, name=EVIL, brand="Ca\u00f1\u00f3n & <b>Sons</b>")
    second = change(editor, first, price=price("99.90", "EUR"))
    assert remove(editor, first["sku"]).status_code == 204
    got(mailbox, colleague, first["sku"], 3)
    return [first, second]


def test_each_change_is_written_to_the_others(
    mailbox: Mailbox, colleague: Person, superadmin: Person, editor: Person, life: list[Json]
) -> None:
    for person in (colleague, superadmin):
        assert len(got(mailbox, person, life[0]["sku"], 3)) >= 3
    assert mails_to(mailbox, editor, life[0]["sku"]) == []


def test_a_mail_goes_to_one_person(mailbox: Mailbox, life: list[Json]) -> None:
    for mail in mails_of(mailbox, life[0]["sku"]):
        assert len(addresses(mail)) == 1
        assert mail["from"].addresses[0].addr_spec
        assert "\n" not in mail["subject"]
        assert mail["subject"].strip()


def test_a_mail_is_text_and_html(mailbox: Mailbox, colleague: Person, life: list[Json]) -> None:
    for mail in got(mailbox, colleague, life[0]["sku"], 3):
        assert mail.get_content_type() == "multipart/alternative"
        kinds = [each.get_content_type() for each in mail.iter_parts()]
        assert kinds[:2] == ["text/plain", "text/html"]
        for kind in ("plain", "html"):
            assert life[0]["sku"] in part(mail, kind)


def test_the_html_runs_nothing_of_a_name(mailbox: Mailbox, life: list[Json]) -> None:
    for mail in mails_of(mailbox, life[0]["sku"]):
        html = part(mail, "html")
        assert not [word for word in ACTIVE if word in html.lower()]
        assert "<b>Sons" not in html


def test_a_name_is_told_as_it_is(mailbox: Mailbox, colleague: Person, life: list[Json]) -> None:
    named = [
        mail for mail in got(mailbox, colleague, life[0]["sku"], 3) if EVIL in part(mail, "plain")
    ]
    assert named
    for mail in named:
        html = part(mail, "html")
        assert all(word in html for word in ("&lt;script&gt;", "Se\u00f1or", "\U0001f528"))


def test_a_new_price_is_told(mailbox: Mailbox, colleague: Person, life: list[Json]) -> None:
    told_of = [part(mail, "plain") for mail in got(mailbox, colleague, life[0]["sku"], 3)]
    assert any("12.50" in body and "99.90" in body and "EUR" in body for body in told_of)


def test_who_is_away_gets_no_mail(
    hire: Hire, mailbox: Mailbox, editor: Person, colleague: Person, superadmin: Person, ana: Person
) -> None:
    disabled, deleted, former = (hire() for _ in range(3))
    change_user(superadmin, disabled.user, active=False)
    removed(superadmin, deleted.user)
    change_user(superadmin, former.user, role="user")
    sku = make(editor)["sku"]
    told(colleague, sku)
    got(mailbox, colleague, sku)
    last = make(editor)["sku"]
    got(mailbox, colleague, last)
    got(mailbox, superadmin, last)
    for person in (disabled, deleted, former, ana, editor):
        assert mails_to(mailbox, person, sku) == []


def test_what_changes_nothing_is_written_to_nobody(
    mailbox: Mailbox, editor: Person, colleague: Person
) -> None:
    product = make(editor)
    change(editor, product, name=product["name"])
    got(mailbox, colleague, product["sku"])
    last = make(editor)["sku"]
    got(mailbox, colleague, last)
    # One and the same may come twice, but nothing else comes.
    mails = mails_to(mailbox, colleague, product["sku"])
    assert len({part(mail, "plain") for mail in mails}) == 1
