"""`python -m local`: the whole system on this machine, as `template.yaml` describes it."""

import argparse
import sys
from pathlib import Path

from local.errors import StackError
from local.options import Options
from local.supervisor import run


def _options() -> Options:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("--host", default=Options.host, help="address of the API")
    parser.add_argument("--port", type=int, default=Options.port, help="0 picks a free one")
    parser.add_argument("--template", type=Path, default=Options.template)
    parser.add_argument("--workers", type=int, default=Options.workers, metavar="N")
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        type=_pair,
        metavar="NAME=VALUE",
        help="replaces the default of one of the template's parameters",
    )
    given = parser.parse_args()
    template = given.template.resolve()
    return Options(given.host, given.port, template, dict(given.parameter), given.workers)


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError(f"{text!r} isn't NAME=VALUE")
    return name, value


def main() -> int:
    """Runs until it is told to stop; 1 and one line on stderr when it can't."""
    try:
        run(_options())
    except StackError as error:
        print(f"local: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
