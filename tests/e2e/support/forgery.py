"""Bearers that an attacker would try: made from a real one, without its key."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any


def encode(part: dict[str, Any]) -> str:
    """A part of a JWT."""
    return urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def decode(part: str) -> dict[str, Any]:
    """What a part of a JWT says."""
    claims: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


def signed(header: dict[str, Any], claims: dict[str, Any], key: bytes) -> str:
    """A JWT by HMAC-SHA-256 with a key of one's own, whatever its header says."""
    body = f"{encode(header)}.{encode(claims)}"
    digest = hmac.new(key, body.encode(), hashlib.sha256).digest()
    return f"{body}.{urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def forgeries(token: str) -> dict[str, str]:
    """The usual forgeries of a good token, by name."""
    header, claims, signature = token.split(".")
    head, said = decode(header), decode(claims)
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    return {
        "signature tampered": f"{header}.{claims}.{flipped}",
        "signature cut off": f"{header}.{claims}.",
        "two parts": f"{header}.{claims}",
        "four parts": f"{token}.{signature}",
        "role raised": f"{header}.{encode({**said, 'role': 'superadmin'})}.{signature}",
        "never expires": f"{header}.{encode({**said, 'exp': 2**40})}.{signature}",
        "alg none": f"{encode({**head, 'alg': 'none'})}.{claims}.",
        "alg None": f"{encode({**head, 'alg': 'None'})}.{claims}.{signature}",
        "alg none, keeps its signature": f"{encode({**head, 'alg': 'none'})}.{claims}.{signature}",
        "foreign key": signed(head, said, b"secret"),
        "empty key": signed(head, said, b""),
        "foreign key, no kid": signed({"alg": "HS256", "typ": "JWT"}, said, b"secret"),
        "foreign key, kid climbs": signed({**head, "kid": "../../dev/null"}, said, b""),
        "foreign key, kid is SQL": signed({**head, "kid": "' OR 1=1 --"}, said, b"secret"),
        "kid is a list": signed({**head, "kid": [1]}, said, b"secret"),
        "alg is a number": signed({**head, "alg": 256}, said, b"secret"),
        "claims are a list": f"{header}.W10.{signature}",
        "not base64": "%%%.###.@@@",
        "no JWT": "letmein",
        "dots": "..",
        "long": f"{header}.{'A' * 6000}.{signature}",
    }
