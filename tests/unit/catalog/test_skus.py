"""What may be a SKU, and which spellings are one."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fragua.catalog import skus

ANY = st.text(max_size=80)


@pytest.mark.parametrize(
    "sku",
    [
        *(
            "a",
            "0",
            "AB-1",
            "a_b.c",
            "-",
            "_",
            "...",
            "a" * 64,
            "Ñandú-9",
            "鍛冶屋",
            "\uff21\uff22\uff0d\uff11",
            "ﬁ",
        ),
        # A letter with a mark of its own, in one code point and in two.
        *("\u00e9", "e\u0301", "x\u0301", "x\u0301\u0302", "\u0e01\u0e33", "\u0915\u093f"),
    ],
)
def test_letters_digits_and_three_marks_are_a_sku_and_stay_as_they_are(sku: str) -> None:
    assert skus.judged(sku) == sku


@pytest.mark.parametrize(
    "sku",
    [
        *(
            "",
            "a" * 65,
            " a",
            "a b",
            "a/b",
            "a\\b",
            "a%b",
            "a+b",
            "a\n",
            "a\0",
            "a\u200b",
            "a\u00a0",
        ),
        *(
            ".",
            "..",
            "\uff0e",
            "\uff0e.",
            "½",
            "€",
            "😀",
            "\ud800",
            "a\u202eb",
            "①",
            "²",
            "\u0301/",
            "\u0301",
            "1\u0301",
            "-\u0301",
        ),
        # 64 code points that NFKC makes more of.
        "ﬃ" * 64,
    ],
)
def test_anything_else_is_none(sku: str) -> None:
    with pytest.raises(ValueError, match="must"):
        skus.judged(sku)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(
            ("AB-1", "ab-1"),
            ("\uff21\uff22\uff0d\uff11", "ab-1"),
            ("STRASSE", "straße"),
            ("ﬁn", "FIN"),
        ),
        *(("e\u0301", "\u00c9"), ("Σ", "ς"), ("K", "\u212a")),
    ],
)
def test_spellings_of_one_sku_are_the_same(one: str, other: str) -> None:
    assert skus.key(one) == skus.key(other)


def test_what_looks_alike_but_is_not_the_same_is_another_one() -> None:
    cyrillic = "\u0430b-1"
    assert skus.key("ab-1") != skus.key(cyrillic)
    assert skus.key("ab-1") != skus.key("ab_1")


@given(ANY)
def test_the_key_of_a_key_is_the_key(text: str) -> None:
    assert skus.key(skus.key(text)) == skus.key(text)


@given(ANY)
def test_case_and_form_make_no_other_key(text: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        spelt = unicodedata.normalize(form, text)
        assert skus.key(spelt) == skus.key(text) == skus.key(spelt.casefold())


@given(ANY)
def test_a_sku_fits_into_one_step_of_a_path(text: str) -> None:
    try:
        sku = skus.judged(text)
    except ValueError:
        return
    for spelt in (sku, unicodedata.normalize("NFKC", sku)):
        assert spelt.isprintable()
        assert not set(spelt) & set("/\\?#%& ")
        assert spelt not in (".", "..")
