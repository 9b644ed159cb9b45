"""A key stands for one request, whichever of our own keys it was kept with."""

from __future__ import annotations

import pytest

from fragua.errors import Invalid, Unavailable
from fragua.idempotency import Once, Secrets

KEYS = {"1": b"first", "2": b"second"}


def known(*kids: str) -> Secrets:
    """Know some of our keys; the last one is the current one."""

    def find(kid: str | None) -> tuple[str, bytes] | None:
        name = kids[-1] if kid is None else kid
        return (name, KEYS[name]) if name in kids else None

    return find


def once(request: str, *kids: str, key: str = "k") -> Once:
    return Once.of(key, request, known(*kids))


def test_the_same_request_is_the_same_after_our_key_was_rotated() -> None:
    kept = once("POST /v1/uploads {}", "1").mac()
    once("POST /v1/uploads {}", "1", "2").require_same(kept)


def test_a_function_that_does_not_know_the_newer_key_yet_does_not_judge() -> None:
    kept = once("POST /v1/uploads {}", "1", "2").mac()
    with pytest.raises(Unavailable):
        once("POST /v1/uploads {}", "1").require_same(kept)


@pytest.mark.parametrize("kids", [("1",), ("1", "2")])
def test_another_request_is_told_apart_by_either_key(kids: tuple[str, ...]) -> None:
    kept = once("POST /v1/uploads {}", "1").mac()
    with pytest.raises(Invalid):
        once('POST /v1/uploads {"a": 1}', *kids).require_same(kept)


def test_what_is_kept_shows_neither_the_key_nor_the_request() -> None:
    made = once("a secret request", "1", key="a client's key")
    assert "secret" not in made.mac()
    assert "client" not in made.key


@pytest.mark.parametrize("key", ["", "x" * 256, "\N{SNOWMAN}", "a\tb", "a\nb", "\x7f"])
def test_a_key_is_short_plain_text(key: str) -> None:
    with pytest.raises(Invalid):
        once("a request", "1", key=key)


@pytest.mark.parametrize("key", ["x", "x" * 255, "0f8fad5b-d9cb-469f-a165-70867728950e", "a b~!"])
def test_anything_else_may_be_one(key: str) -> None:
    assert once("a request", "1", key=key).key != key
