"""Whether a request came the way that all have to come, and from which address.

Where a CDN stands before the API (`ORIGIN_SECRET`), it proves itself by a header that nobody else
knows, and only then its word counts for who asks. Where none does, both headers are anybody's.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
from typing import Any

from fragua.errors import Problem
from fragua.secret_versions import SecretVersions
from fragua.settings import settings

log = logging.getLogger("fragua")

# What the CDN adds, or writes over what a viewer sent under that name.
PROOF = "x-origin-verify"
VIEWER = "cloudfront-viewer-address"

_versions = SecretVersions(lambda: settings().origin_secret, str.encode)


def address(event: dict[str, Any]) -> str:
    """Return the IP address of whoever asks; `Problem` not_by_the_edge."""
    if not settings().origin_secret:
        seen: str = event["requestContext"]["http"]["sourceIp"]
        return seen
    headers = event["headers"]
    # Octets that no secret of ours has are compared like any other.
    shown = headers.get(PROOF, "").encode("utf-8", "surrogatepass")
    if _versions.find(lambda secret: hmac.compare_digest(secret, shown)) is None:
        raise Problem("not_by_the_edge")
    viewer = _ip(headers.get(VIEWER, ""))
    if viewer is None:
        # The gateway joins two headers of one name. Whose is which can't be told any more, and the
        # address that it saw is the CDN's, which all share.
        log.warning("the CDN names no single viewer")
        raise Problem("not_by_the_edge")
    return viewer


def forget() -> None:
    """Read the secret anew at the next use."""
    _versions.forget()


def _ip(text: str) -> str | None:
    """Read the address out of `address:port`; CloudFront writes IPv6 without brackets, too."""
    host, colon, port = text.strip().rpartition(":")
    if not (colon and port.isascii() and port.isdigit()):
        return None
    try:
        return str(ipaddress.ip_address(host.removeprefix("[").removesuffix("]")))
    except ValueError:
        return None
