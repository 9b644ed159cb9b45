"""A notification as an e-mail: HTML and text that say the same, of a size that is bounded.

What users wrote may be anything. So control characters are replaced, long values shortened, and in
HTML everything is escaped in one place and stands between tags, never in one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any, Literal

Lines = Sequence[str]
Kind = Literal["product_created", "product_updated", "product_deleted"]

_DONE: dict[Kind, str] = {
    "product_created": "created",
    "product_updated": "changed",
    "product_deleted": "deleted",
}
# Headings of a change's two values, and which of them there are to show.
_COLUMNS: dict[Kind, tuple[tuple[str, int], ...]] = {
    "product_created": (("Value", 1),),
    "product_updated": (("Before", 0), ("After", 1)),
    "product_deleted": (("Value", 0),),
}
_LABELS = {"sku": "SKU", "image_file_ids": "Images"}
_WHY = "You get this e-mail because you are an admin here."

# Code points. With all of them at their most expensive, six bytes as an entity in HTML or twelve
# as JSON, a mail stays below 200 KB.
_LONGEST_VALUE = 400
_LONGEST_NAME = 254
_LONGEST_SKU = 64
_MOST_FIELDS = 8

# Invisible, and yet part of words: without them Persian is misspelt and emojis fall apart.
_JOINERS = "\u200c\u200d"

_BODY = "margin:0;padding:24px 12px;background:#f4f4f5;color:#18181b;font:16px/1.5 sans-serif"
_CARD = (
    "max-width:640px;margin:0 auto;padding:24px;background:#ffffff;"
    "border:1px solid #d4d4d8;border-radius:8px;overflow-wrap:anywhere"
)
_HEADING = "margin:0 0 8px;font-size:20px;line-height:1.3"
# Of fixed widths: a column that may break words anywhere would shrink to single letters.
_TABLE = "width:100%;margin:16px 0;border-collapse:collapse;table-layout:fixed;font-size:15px"
_LABEL_WIDTH = "width:80px"
_CELL = "padding:8px;border-bottom:1px solid #e4e4e7;text-align:left;vertical-align:top"
_SMALL = "margin:0;color:#52525b;font-size:13px"


@dataclass(frozen=True)
class Notice:
    """What an admin did to a product.

    `changes` maps each field to its value before and after; `created_at` is RFC 3339.
    """

    kind: Kind
    sku: str
    changed_by: str
    changes: Mapping[str, Sequence[Any]]
    created_at: str


@dataclass(frozen=True)
class Mail:
    """An e-mail to whomever: the subject is one line of at most 100 code points."""

    subject: str
    text: str
    html: str


def compose(notice: Notice) -> Mail:
    """Write the e-mail that tells of a notice."""
    title = f"Product {_clean(notice.sku, _LONGEST_SKU)} was {_DONE[notice.kind]}"
    facts = [f"By {_clean(notice.changed_by, _LONGEST_NAME)}", _moment(notice.created_at)]
    headings = [heading for heading, _ in _COLUMNS[notice.kind]]
    rows = list(_rows(notice))
    left = len(notice.changes) - len(rows)
    notes = [f"and {left} more", _WHY] if left else [_WHY]
    return Mail(
        subject=f"Fragua: {title}",
        text=_text(title, facts, headings, rows, notes),
        html=_html(title, facts, headings, rows, notes),
    )


def _rows(notice: Notice) -> Iterator[Lines]:
    """Yield a field's name and those values of it that the kind shows."""
    for field in list(notice.changes)[:_MOST_FIELDS]:
        values = notice.changes[field]
        label = _LABELS.get(field, field.replace("_", " ").capitalize())
        shown = [_shown(values[place]) for _, place in _COLUMNS[notice.kind]]
        yield [_clean(label, _LONGEST_SKU), *shown]


def _shown(value: Any) -> str:
    """Write a value as people do: a price as `12.50 USD`, a list with its length first."""
    match value:
        case None | "" | []:
            written = "none"
        case {"amount": amount, "currency": currency}:
            written = f"{amount} {currency}"
        case [*entries]:
            written = f"{len(entries)}: {', '.join(map(str, entries))}"
        case _:
            written = str(value)
    return _clean(written, _LONGEST_VALUE)


def _clean(text: str, longest: int) -> str:
    """Make one line of a text, without control characters, cut to so many code points."""
    line = "".join(map(_visible, text[: longest + 1]))
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _visible(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    return " " if character.isspace() else "\ufffd"


def _moment(created_at: str) -> str:
    return f"On {datetime.fromisoformat(created_at).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _text(title: str, facts: Lines, headings: Lines, rows: Sequence[Lines], notes: Lines) -> str:
    blocks = [title, "\n".join(facts)]
    for label, *values in rows:
        pairs = zip(headings, values, strict=True)
        blocks.append("\n".join([label, *(f"  {heading}: {value}" for heading, value in pairs)]))
    return "\n\n".join([*blocks, *notes]) + "\n"


def _html(title: str, facts: Lines, headings: Lines, rows: Sequence[Lines], notes: Lines) -> str:
    parts = [
        *("<!doctype html>", '<html lang="en"><head><meta charset="utf-8">'),
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"{_element('title', title)}</head>",
        f'<body style="{_BODY}"><div style="{_CARD}">',
        _element("h1", title, _HEADING),
        *(_element("p", fact, _SMALL) for fact in facts),
        *(_table(headings, rows) if rows else ()),
        *(_element("p", note, _SMALL) for note in notes),
        "</div></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _table(headings: Lines, rows: Iterable[Lines]) -> Iterator[str]:
    yield f'<table style="{_TABLE}"><colgroup><col style="{_LABEL_WIDTH}"></colgroup>'
    yield _row("th", ["Field", *headings])
    yield from (_row("td", row) for row in rows)
    yield "</table>"


def _row(tag: str, cells: Lines) -> str:
    return f"<tr>{''.join(_element(tag, cell, _CELL) for cell in cells)}</tr>"


def _element(tag: str, content: str, style: str = "") -> str:
    """Put text between tags: here, and nowhere else, it is escaped."""
    # Each on its own, so that what is written from right to left turns nothing else around.
    opening = f'<{tag} dir="auto" style="{style}">' if style else f"<{tag}>"
    return f"{opening}{escape(content)}</{tag}>"
