"""Print what a month costs: `python -m benchmarks.cost --uploads 1000000 --size 25MB --views 0`.

Dollars by service, for one of each, and for a month in which nobody comes. Nothing is asked of AWS.
"""

from __future__ import annotations

import argparse
import re
import sys
from typing import NoReturn

from benchmarks.cost import show
from benchmarks.cost.bill import Use
from benchmarks.cost.deployment import STAGES
from benchmarks.cost.runs import LARGEST

_SIZE = re.compile(r"(\d{1,18}(?:\.\d+)?) ?([kmgt]?)(i?)b?", re.IGNORECASE)
_COUNTED = {
    "uploads": "files uploaded in the month",
    "pictures": "of the uploads, that many are pictures",
    "videos": "of the uploads, that many are made into videos",
    "downloads": "of such files, by their owners",
    "views": "of products, by anybody",
}
_SHOWN = {
    "table": show.table,
    "lines": show.by_line,
    "sizes": show.sizes,
    "hosted": show.beside,
    "prices": show.prices,
    "json": show.as_json,
}
_FORMATS = "by service, line by line, by size, beside hosted services; the prices; or JSON"
# More than anybody uploads in a month, and few enough for all arithmetic.
_MOST = 10**12


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        """Print the line; exit with 2."""
        self.exit(2, f"{self.prog}: {message}\n")


def number(text: str) -> int:
    """Read how many there are."""
    try:
        value = int(text.replace(",", ""))
    except ValueError:
        value = -1
    if not 0 <= value <= _MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to {_MOST:,}")
    return value


def size(text: str) -> int:
    """Read bytes: 25MB is 25,000,000 of them, 25MiB is 26,214,400."""
    match = _SIZE.fullmatch(text.strip())
    value = _bytes(match) if match else 0
    if not 1 <= value <= LARGEST["direct"]:
        raise argparse.ArgumentTypeError(f"{text!r} is no size from 1B to 5TiB, such as 25MB")
    return value


def _bytes(match: re.Match[str]) -> int:
    amount, prefix, binary = match.groups()
    kilo = 1024 if binary else 1000
    return round(float(amount) * float(kilo ** " kmgt".index(prefix.lower() or " ")))


def asked(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line; exits with 2 after one line that says what is wrong with it."""
    parser = _Parser("python -m benchmarks.cost", description=__doc__, allow_abbrev=False)
    for name, what in _COUNTED.items():
        parser.add_argument(f"--{name}", type=number, default=0, metavar="N", help=what)
    parser.add_argument("--size", type=size, default="25MB", help="of each, such as 25MB or 1GiB")
    parser.add_argument("--mode", choices=sorted(LARGEST), default="direct", help="of the uploads")
    parser.add_argument("--stage", choices=sorted(STAGES), default="production")
    parser.add_argument("--replica", action="store_true", help="with a read replica")
    parser.add_argument("--cdn", action="store_true", help="behind CloudFront and WAF")
    parser.add_argument("--format", choices=sorted(_SHOWN), default="table", help=_FORMATS)
    given = parser.parse_args(arguments)
    if given.size > LARGEST[given.mode]:
        parser.error("argument --size: a relayed file has at most 10 GiB")
    if given.pictures + given.videos > given.uploads:
        parser.error("argument --uploads: fewer than the pictures and videos among them")
    return given


def told(arguments: list[str] | None = None) -> str:
    """Return what the command line asks for."""
    options = vars(asked(arguments))
    shown = _SHOWN[options.pop("format")]
    return shown(Use(**options))


if __name__ == "__main__":
    sys.stdout.write(told() + "\n")
