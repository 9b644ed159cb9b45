"""What a command asks the person for. A password is never an argument: others could see it."""

from __future__ import annotations

import getpass
import os
import sys

from fragua_client.errors import Unusable


def line(what: str) -> str:
    """A line of text, asked for at the terminal; `Unusable` where nobody can be asked."""
    if not sys.stdin.isatty():
        option = what.lower().replace(" ", "-").replace("e-mail", "email")
        raise Unusable(f"{what} is missing: give --{option}")
    sys.stderr.write(f"{what}: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def password(*, twice: bool = False) -> str:
    """From FRAGUA_PASSWORD, else asked for, else the first line of a pipe."""
    given = os.environ.get("FRAGUA_PASSWORD")
    if given is not None:
        return given
    if not sys.stdin.isatty():
        piped = sys.stdin.readline().rstrip("\r\n")
        if not piped:
            raise Unusable("No password: set FRAGUA_PASSWORD, or pipe it in")
        return piped
    first = getpass.getpass("Password: ")
    if twice and getpass.getpass("Again: ") != first:
        raise Unusable("The two passwords differ")
    return first
