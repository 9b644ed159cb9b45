"""A notification as an e-mail: safe whatever users wrote, bounded, and readable."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fragua.notifications.composing import Kind, Mail, Notice, compose

AT = "2026-11-20T22:30:00Z"
KINDS: list[Kind] = ["product_created", "product_updated", "product_deleted"]
# All that HTML mails are made of. What a user wrote adds neither an element nor an attribute.
TAGS = {"html", "head", "meta", "title", "body", "div", "h1", "p"}
TAGS |= {"table", "colgroup", "col", "tr", "th", "td"}
ATTRIBUTES = {"lang", "charset", "name", "content", "style", "dir"}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><a href='https://evil.example'>",
    "</title></td></table><style>",
    "&lt;b&gt; &amp;amp; &#60;",
    "<!-- -->",
    "a\r\nBcc: victim@example.com\r\n\r\nbody",
]

# Also what no request may hold: lone surrogates, control characters.
anything = st.text(st.characters(), max_size=500) | st.sampled_from(HOSTILE)
values: st.SearchStrategy[Any] = (
    st.none() | anything | st.lists(anything, max_size=5) | st.integers() | st.booleans()
)
values |= st.fixed_dictionaries({"amount": anything, "currency": anything})
notices = st.builds(
    Notice,
    kind=st.sampled_from(KINDS),
    sku=anything,
    changed_by=anything,
    changes=st.dictionaries(anything, st.tuples(values, values), max_size=12),
    created_at=st.just(AT),
)


class Page(HTMLParser):
    """What a browser sees of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.styles: set[str | None] = set()
        self.comments: list[str] = []
        self.pieces: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.styles |= {value for name, value in attrs if name == "style"}

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def words(text: str) -> set[str]:
    """Take apart what is read, without what only the one form or the other needs."""
    return {word.strip(":") for word in text.split()} - {"", "Field"}


def changed(changes: dict[str, list[Any]], kind: Kind = "product_updated") -> Mail:
    return compose(Notice(kind, "PEN-1", "ada@example.com", changes, AT))


@given(notices)
def test_nothing_that_users_wrote_becomes_markup(notice: Notice) -> None:
    page = Page(compose(notice).html)
    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES
    assert page.comments == []
    plain = Page(changed({}).html)
    assert page.styles - plain.styles <= Page(changed({"a": [1, 2]}).html).styles


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_markup_is_read_as_it_was_written(text: str) -> None:
    mail = changed({"name": [text, "pen"]})
    assert " ".join(text.split()) in " ".join(" ".join(Page(mail.html).pieces).split())


@given(notices)
def test_the_subject_is_one_short_line_whatever_the_sku_is(notice: Notice) -> None:
    subject = compose(notice).subject
    assert len(subject) <= 100
    assert not [character for character in subject if category(character) in ("Cc", "Cs", "Zl")]
    assert subject.startswith("Fragua: Product ")


@given(notices)
def test_text_and_html_say_the_same(notice: Notice) -> None:
    mail = compose(notice)
    assert words(mail.text) == words(" ".join(Page(mail.html).pieces))


@given(notices)
def test_both_are_sent_in_utf_8_without_control_characters(notice: Notice) -> None:
    mail = compose(notice)
    for body in (mail.text, mail.html):
        assert body.encode().decode() == body
        assert not [c for c in body if category(c) == "Cc" and c != "\n"]


@pytest.mark.parametrize("character", ['"', "'", "<", "&", "\\", "\0", "é", "\U0001f600"], ids=ord)
@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_stays_below_200_kb_however_much_has_changed(character: str, kind: Kind) -> None:
    long = character * 100_000
    change = [[long] * 100, {"amount": long, "currency": long}]
    mail = compose(Notice(kind, long, long, {f"{n}{long}": change for n in range(100)}, AT))
    assert len(json.dumps([mail.subject, mail.text, mail.html])) < 199_000


def test_a_change_tells_what_was_and_what_is() -> None:
    price = [{"amount": amount, "currency": "USD"} for amount in ("12.50", "13.00")]
    mail = changed({"name": ["Pencil", "Pen"], "price": price, "image_file_ids": [[], ["a", "b"]]})
    assert mail.subject == "Fragua: Product PEN-1 was changed"
    assert mail.text == (
        "Product PEN-1 was changed\n\n"
        "By ada@example.com\nOn 2026-11-20 22:30:00 UTC\n\n"
        "Name\n  Before: Pencil\n  After: Pen\n\n"
        "Price\n  Before: 12.50 USD\n  After: 13.00 USD\n\n"
        "Images\n  Before: none\n  After: 2: a, b\n\n"
        "You get this e-mail because you are an admin here.\n"
    )


@pytest.mark.parametrize(
    ("kind", "done", "value"),
    [("product_created", "created", "Pen"), ("product_deleted", "deleted", "Pencil")],
)
def test_a_product_that_comes_or_goes_has_one_value_a_field(
    kind: Kind, done: str, value: str
) -> None:
    mail = changed({"name": ["Pencil", "Pen"]}, kind)
    assert mail.subject == f"Fragua: Product PEN-1 was {done}"
    assert f"Name\n  Value: {value}\n\n" in mail.text


@pytest.mark.parametrize(("length", "shown"), [(400, "x" * 400), (401, "x" * 399 + "…")])
def test_a_long_value_ends_in_an_ellipsis(length: int, shown: str) -> None:
    assert f"After: {shown}\n" in changed({"name": ["", "x" * length]}).text


def test_of_many_fields_the_first_are_shown_and_the_others_counted() -> None:
    mail = changed({f"field_{n}": [n, n + 1] for n in range(11)})
    assert "Field 7\n" in mail.text
    assert "Field 8\n" not in mail.text
    assert "and 3 more" in mail.text


@pytest.mark.parametrize("text", ["क्\u200dष", "👩\u200d💻", "שלום", "naïve ✒️"])
def test_other_scripts_are_left_as_they_are(text: str) -> None:
    assert f"After: {text}\n" in changed({"name": ["", text]}).text


def test_a_text_that_turns_its_neighbours_around_is_disarmed() -> None:
    assert "After: \ufffdgpj.exe\n" in changed({"name": ["", "\u202egpj.exe"]}).text
