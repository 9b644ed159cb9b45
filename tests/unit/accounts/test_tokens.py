"""A token is accepted if it is exactly what we issue, and refused however well it is signed."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import jwt
import pytest
from botocore.stub import Stubber
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fragua import clock
from fragua.accounts import keys, tokens
from fragua.errors import Problem
from tests.unit.conftest import stubbed

USER = UUID("019aa3c0-0000-7000-8000-00000000000a")
SESSION = UUID("019aa3c0-0000-7000-8000-00000000000b")
KEY, OLD_KEY = "k" * 64, "o" * 64
HEADER = {"kid": "1", "typ": "JWT"}

pytestmark = pytest.mark.usefixtures("secrets")


def version(kid: str, key: str) -> dict[str, str]:
    return {"SecretString": json.dumps({"kid": kid, "key": key})}


@pytest.fixture
def secrets(environment: dict[str, str]) -> Iterator[Stubber]:
    """Secrets Manager with a current key and the one before it."""
    keys.forget()
    with stubbed("secretsmanager") as stub:
        stub.add_response("get_secret_value", version("1", KEY))
        stub.add_response("get_secret_value", version("0", OLD_KEY))
        yield stub


def good(**changes: Any) -> dict[str, Any]:
    """The claims of an access token that we could have issued, with changes; None leaves out."""
    now = int(clock.timestamp())
    claims = {
        "iss": "fragua:unit",
        "use": "access",
        "sub": str(USER),
        "sid": str(SESSION),
        "gen": 0,
        "iat": now,
        "exp": now + 900,
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def signed(claims: Any = None, key: str = KEY, algorithm: str = "HS256", **header: Any) -> str:
    """Sign whatever it is: PyJWT's own checks before signing are left out."""
    payload = claims if isinstance(claims, bytes) else json.dumps(claims or good()).encode()
    headers = {k: v for k, v in {**HEADER, **header}.items() if v is not None}
    if any(not isinstance(headers.get(name, ""), str) for name in ("kid", "typ")):
        return by_hand(headers, payload, key)
    return jwt.api_jws.encode(payload, key, algorithm=algorithm, headers=headers)


def part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def by_hand(header: Any, payload: bytes, key: str) -> str:
    """Sign a header that PyJWT would not write."""
    text = f"{part(json.dumps({'alg': 'HS256', **header}).encode())}.{part(payload)}"
    algorithm = jwt.get_algorithm_by_name("HS256")
    return f"{text}.{part(algorithm.sign(text.encode(), key.encode()))}"


def code_of(token: str, use: tokens.Use = "access") -> str:
    """Read a token that has to be refused; return why it was."""
    with pytest.raises(Problem) as refused:
        tokens.read(token, use)
    assert refused.value.status == 401
    return refused.value.code


@pytest.mark.parametrize("use", ["access", "refresh"])
def test_what_we_issue_we_read(use: tokens.Use) -> None:
    before = int(clock.timestamp())
    claims = tokens.read(tokens.issue(use, USER, SESSION, 3), use)
    assert (claims.user_id, claims.session_id, claims.generation) == (USER, SESSION, 3)
    assert before <= claims.expires_at - tokens.lifetime(use) <= clock.timestamp()


def test_the_claims_of_this_table_are_good_without_a_change() -> None:
    assert tokens.read(signed(), "access").user_id == USER


def test_a_token_of_the_key_before_is_still_good() -> None:
    assert tokens.read(signed(key=OLD_KEY, kid="0"), "access").session_id == SESSION


@pytest.mark.parametrize("name", ["iss", "use", "sub", "sid", "gen", "iat", "exp"])
def test_no_claim_may_be_missing(name: str) -> None:
    assert code_of(signed(good(**{name: None}))) == "token_invalid"


@pytest.mark.parametrize("name", ["iss", "use", "sub", "sid", "gen", "iat", "exp"])
@pytest.mark.parametrize("value", [True, 1.5, [], {}, "", "x", "1" * 10, -1.0, [str(USER)]])
def test_no_claim_may_have_another_type(name: str, value: Any) -> None:
    # A wrong time of expiry may be found out as one that is over.
    assert code_of(signed(good(**{name: value}))) in ("token_invalid", "token_expired")


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "fragua:other"},
        {"iss": ["fragua:unit"]},
        {"use": "refresh"},
        {"use": "Access"},
        {"aud": "fragua"},
        {"nbf": 0},
        {"jti": "1"},
        {"admin": True},
        {"sub": "1"},
        {"sub": f"{{{USER}}}"},
        {"sub": f"urn:uuid:{USER}"},
        {"sid": str(SESSION).upper()},
        {"sid": SESSION.hex},
        {"gen": -1},
        {"exp": 10**400},
        {"exp": 10**20},
    ],
    ids=str,
)
def test_a_signed_token_with_a_claim_that_we_would_not_write_is_refused(
    change: dict[str, Any],
) -> None:
    assert code_of(signed(good(**change))) == "token_invalid"


@pytest.mark.parametrize(
    "header",
    [
        {"kid": None},
        {"kid": ""},
        {"kid": "2"},
        {"kid": 1},
        {"kid": ["1"]},
        {"kid": {"1": "1"}},
        {"typ": None},
        {"typ": "at+jwt"},
        {"typ": 1},
        {"crit": ["exp"]},
        {"b64": False},
        {"jwk": {"kty": "oct", "k": "AA"}},
        {"jku": "https://example.com/keys"},
        {"x5u": "https://example.com/cert"},
        {"zip": "DEF"},
    ],
    ids=str,
)
def test_a_header_that_we_would_not_write_is_refused(header: dict[str, Any]) -> None:
    headers = {k: v for k, v in {**HEADER, **header}.items() if v is not None}
    assert code_of(by_hand(headers, json.dumps(good()).encode(), KEY)) == "token_invalid"


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_another_algorithm_is_refused_whatever_its_key(algorithm: str) -> None:
    assert code_of(signed(algorithm=algorithm)) == "token_invalid"


@pytest.mark.parametrize("name", ["none", "None", "NONE", "", "hs256", "RS256"])
def test_a_token_that_names_another_algorithm_is_refused(name: str) -> None:
    payload = json.dumps(good()).encode()
    assert code_of(by_hand({**HEADER, "alg": name}, payload, KEY)) == "token_invalid"
    unsigned = f"{part(json.dumps({**HEADER, 'alg': name}).encode())}.{part(payload)}."
    assert code_of(unsigned) == "token_invalid"


def test_a_token_of_another_key_is_refused() -> None:
    assert code_of(signed(key="a" * 64)) == "token_invalid"
    assert code_of(signed(key=OLD_KEY)) == "token_invalid"


@pytest.mark.parametrize(
    "payload",
    [
        *(b"", b"null", b"[]", b'"text"', b"1", b"{", b"\xff", b"[" * 5000, b'{"exp": NaN}'),
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
    ],
    ids=range(10),
)
def test_a_payload_that_is_no_object_is_refused(payload: bytes) -> None:
    assert code_of(by_hand(HEADER, payload, KEY)) == "token_invalid"


def test_a_token_inside_a_token_is_refused() -> None:
    assert code_of(signed(signed().encode())) == "token_invalid"


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "...", "a.b.c", "é", "\ud800", "\x00", "a" * 100_000, f"{part(b'[]')}.e30."],
    ids=range(10),
)
def test_what_is_no_token_at_all_is_refused(token: str) -> None:
    assert code_of(token) == "token_invalid"


def test_an_expired_token_says_so() -> None:
    assert code_of(signed(good(exp=int(clock.timestamp()) - 1))) == "token_expired"


def test_a_token_from_the_future_is_refused() -> None:
    later = int(clock.timestamp()) + 3600
    assert code_of(signed(good(iat=later, exp=later + 900))) == "token_invalid"


@pytest.mark.parametrize(("issued", "read"), [("access", "refresh"), ("refresh", "access")])
def test_a_token_is_good_for_its_own_use_only(issued: tokens.Use, read: tokens.Use) -> None:
    assert code_of(tokens.issue(issued, USER, SESSION, 0), read) == "token_invalid"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_no_bit_of_a_token_can_be_changed(data: st.DataObject) -> None:
    raw = bytearray(signed().encode())
    position = data.draw(st.integers(0, len(raw) - 1))
    raw[position] ^= data.draw(st.integers(1, 127))
    changed = raw.decode()
    # The last character of a part holds bits that no decoder looks at.
    ends = {position for position, c in enumerate(signed()) if c == "."} | {len(raw)}
    if position + 1 not in ends:
        assert code_of(changed) == "token_invalid"
