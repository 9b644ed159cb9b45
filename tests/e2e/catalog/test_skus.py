"""SKUs: their form, and which spellings are one."""

from collections.abc import Callable
from functools import partial
from typing import Any
from unicodedata import normalize
from uuid import uuid4

import httpx
import pytest

from tests.e2e.support.catalog import (
    PRODUCTS,
    ask_for,
    change,
    etag,
    history,
    look,
    make,
    new_sku,
    patch,
    path_of,
    product_body,
    remove,
)
from tests.e2e.support.clients import escaped_json
from tests.e2e.support.conventions import describe, expect_invalid, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.waiting import at_once

Spelling = Callable[[str], str]


def full_width(text: str) -> str:
    """Letters and digits as wide as Han: NFKC makes them ASCII again."""
    return "".join(chr(ord(sign) + 0xFEE0) if sign.isalnum() else sign for sign in text)


def in_mathematics(text: str) -> str:
    """Small letters in bold, as formulas have them; also one with NFKC."""
    bold = {ord(sign): 0x1D41A + ord(sign) - ord("a") for sign in "abcdefghijklmnopqrstuvwxyz"}
    return text.translate(bold)


SPELLINGS: dict[str, Spelling] = {
    "upper case": str.upper,
    "lower case": str.lower,
    "case swapped": str.swapcase,
    "full width": full_width,
    "full width, upper case": lambda text: full_width(text.upper()),
    "bold": in_mathematics,
}
# Each gets something unique behind it.
GOOD_BEGINNINGS = ["a", "Z", "0", "-", "_", ".", "a.b-c_d", "--__..", "A" * 31]
BAD_SKUS: dict[str, Any] = {
    "empty": "", "space": " ", "a space within": "a b", "a space before": " ab",
    "a space after": "ab ", "slash": "a/b", "backslash": "a\\b", "percent": "a%b", "quote": "a'b",
    "double quote": 'a"b', "plus": "a+b", "comma": "a,b", "colon": "a:b", "at": "a@b",
    "a question": "a?b", "hash": "a#b", "NUL": "a\x00b", "a line's end": "ab\n", "tab": "a\tb",
    "CRLF": "ab\r\nx: y", "emoji": "a\U0001f525", "zero width space": "a\u200bb",
    "zero width joiner": "a\u200db", "byte order mark": "\ufeffab", "soft hyphen": "a\u00adb",
    "right-to-left override": "a\u202eb", "en dash": "a\u2013b", "wide slash": "a\uff0fb",
    "ideographic space": "a\u3000b", "private use": "a\ue000b", "65 letters": "a" * 65,
    "65 digits": "1" * 65, "10,000 letters": "a" * 10_000, "markup": "<b>", "null": None,
    "a number": 7, "true": True, "a list": ["ab"], "an object": {"sku": "ab"},
}  # fmt: skip
# Letters by some reading, or characters of which NFKC or another case makes several: kept or
# refused, never broken.
ODD = ["\u00d1and\u00fa", "\u6587\u4ef6", "\u0645\u0644\u0641", "\u0661\u0662", "\ufb01x",
       "stra\u00dfe", "\u0130stanbul", "\u2460", "\ufdfa", "\ufb03" * 22, "cafe\u0301",
       "\u212a", "\u00df" * 47, "\u0390" * 47, "\u1e9e" * 47]  # fmt: skip


@pytest.mark.parametrize("beginning", GOOD_BEGINNINGS)
def test_letters_digits_and_three_signs_make_a_sku(editor: Person, beginning: str) -> None:
    sku = beginning + uuid4().hex
    assert make(editor, sku=sku)["sku"] == sku
    assert look(editor.http, sku)["sku"] == sku


def test_a_sku_has_64_characters_at_most(editor: Person) -> None:
    sku = uuid4().hex + uuid4().hex.upper()
    assert look(editor.http, make(editor, sku=sku)["sku"])["sku"] == sku
    expect_invalid(ask_for(editor, sku=sku + "x"), "/sku")


def test_a_sku_has_one_character_at_least(editor: Person) -> None:
    answer = ask_for(editor, sku="7")
    assert answer.status_code == 201 or answer.json()["code"] == "sku_taken", describe(answer)
    remove(editor, "7")


@pytest.mark.parametrize("sku", BAD_SKUS.values(), ids=BAD_SKUS.keys())
def test_what_is_no_sku_is_refused(editor: Person, sku: Any) -> None:
    expect_invalid(ask_for(editor, sku=sku), "/sku")


@pytest.mark.parametrize("sku", ["a\ud800b", "\udfff", "\udc00\ud800"], ids=ascii)
def test_what_is_no_text_is_no_sku(editor: Person, sku: str) -> None:
    answer = editor.http.post(PRODUCTS, **escaped_json(product_body(sku=sku)))
    expect_problem(answer, {400, 422})


@pytest.mark.parametrize("letters", ODD, ids=lambda text: ascii(text)[:20])
def test_other_alphabets_are_kept_or_refused(editor: Person, letters: str) -> None:
    sku = new_sku(letters)
    answer = ask_for(editor, sku=sku)
    if answer.status_code != 201:
        expect_invalid(answer, "/sku")
        return
    for spelled in (sku, normalize("NFKC", sku), answer.json()["sku"]):
        assert look(editor.http, spelled) == answer.json()


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_a_sku_is_taken_in_any_spelling(editor: Person, spell: Spelling) -> None:
    sku = new_sku("aBc-1._")
    product = make(editor, sku=sku)
    assert product["sku"] == sku
    expect_problem(ask_for(editor, sku=spell(sku)), 409, "sku_taken")
    assert look(editor.http, sku) == product


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_an_odd_spelling_takes_the_sku_for_all_others(editor: Person, spell: Spelling) -> None:
    sku = new_sku("aBc-1._")
    product = make(editor, sku=spell(sku))
    for other in (sku, sku.upper(), full_width(sku)):
        expect_problem(ask_for(editor, sku=other), 409, "sku_taken")
        assert look(editor.http, other) == product


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_a_product_is_found_by_any_spelling(
    editor: Person, anonymous: httpx.Client, spell: Spelling
) -> None:
    product = make(editor, sku=new_sku("aBc-1._"))
    spelled = spell(product["sku"])
    assert look(anonymous, spelled) == product
    changed = change(editor, product | {"sku": spelled}, name="Renamed")
    assert changed["sku"] == product["sku"]
    assert [entry["action"] for entry in history(editor, spelled)] == [
        entry["action"] for entry in history(editor, product["sku"])
    ]
    assert remove(editor, spelled).status_code == 204
    expect_problem(anonymous.get(path_of(product["sku"])), 404)


def test_skus_that_only_look_alike_are_two(editor: Person) -> None:
    tail = uuid4().hex
    made = [
        make(editor, sku=sign + tail)["sku"] for sign in ("a-", "a_", "a.", "a", "a--", "0", "O")
    ]
    assert [look(editor.http, sku)["sku"] for sku in made] == made


def test_of_many_spellings_at_once_one_is_taken(editor: Person, colleague: Person) -> None:
    for _ in range(3):
        sku = new_sku("aBc-1._")
        spelled = [sku, *(spell(sku) for spell in SPELLINGS.values())]
        people = [editor, colleague] * len(spelled)
        calls = [
            partial(ask_for, who, sku=each) for who, each in zip(people, spelled, strict=False)
        ]
        answers = at_once(calls)
        won = [answer for answer in answers if answer.status_code == 201]
        assert len(won) == 1
        for answer in answers:
            if answer is not won[0]:
                expect_problem(answer, 409, "sku_taken")
        assert look(editor.http, sku) == won[0].json()
        assert len(history(editor, sku)) == 1


@pytest.mark.parametrize("encode", [True, False])
def test_a_sku_is_decoded_once(editor: Person, encode: bool) -> None:
    sku = make(editor)["sku"]
    once = "".join(f"%{ord(sign):02X}" for sign in sku)
    address = f"{PRODUCTS}/{once}" if encode else f"{PRODUCTS}/{once.replace('%', '%25')}"
    answer = editor.http.get(address)
    assert answer.status_code == (200 if encode else 404), describe(answer)


def test_a_change_by_another_spelling_needs_the_version_too(editor: Person) -> None:
    product = make(editor)
    change(editor, product, name="Renamed")
    stale = patch(editor, full_width(product["sku"]), {"name": "Late"}, etag(product))
    expect_problem(stale, 412)
