"""Reads Content-Disposition as a browser does: RFC 6266, with RFC 8187 for other alphabets."""

import re
from urllib.parse import unquote

NAME = r"(?P<name>[\w!#$%&+\-^`|~.]+\*?)"
QUOTED = r'"(?P<quoted>(?:[^"\\]|\\.)*)"'
PARAMETER = re.compile(rf';\s*{NAME}\s*=\s*(?:{QUOTED}|(?P<token>[^\s;"]+))')
HEADER = re.compile(r"\s*(?P<kind>[\w-]+)(?P<rest>.*)$", re.DOTALL)


def parse(header: str) -> tuple[str, str | None]:
    """The disposition's type and the file name that a client would save under."""
    assert header.isascii(), header
    header_parts = HEADER.match(header)
    assert header_parts, header
    kind, rest = header_parts["kind"], header_parts["rest"]
    assert PARAMETER.sub("", rest).strip() == "", f"not RFC 6266: {header}"
    found = {
        match["name"].lower(): re.sub(r"\\(.)", r"\1", match["quoted"])
        if match["quoted"] is not None
        else match["token"]
        for match in PARAMETER.finditer(rest)
    }
    if "filename*" in found:
        charset, _, value = found["filename*"].split("'", 2)
        return kind.lower(), unquote(value, encoding=charset, errors="strict")
    return kind.lower(), found.get("filename")
