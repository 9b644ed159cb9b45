"""`fragua`: the command line.

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 ended by Ctrl-C, 143 by SIGTERM.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import httpx
from rich.console import Console
from rich.text import Text

from fragua_client import commands
from fragua_client.client import Client
from fragua_client.commands import Desk, explain, show_error
from fragua_client.errors import FraguaError, NotLoggedIn
from fragua_client.names import parse_size, shown
from fragua_client.session import SessionFile, state_folder

_DEFAULT_URL = "http://127.0.0.1:8000"


class Terminated(BaseException):
    """SIGTERM came."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = _parser().parse_args(arguments)
    out, err = Console(highlight=False, markup=False), _stderr()
    _log_to(err, verbose=given.verbose)
    signal.signal(signal.SIGTERM, _terminated)
    try:
        return _run(given, out, err)
    except KeyboardInterrupt:
        _interrupted(err, given, 130)
    except Terminated:
        _interrupted(err, given, 143)
    except BrokenPipeError:
        # Whoever read our output has seen enough, as with `| head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _stderr() -> Console:
    return Console(stderr=True, highlight=False, markup=False)


def _run(given: argparse.Namespace, out: Console, err: Console) -> int:
    try:
        with_desk: int = given.run(Desk(_client(given), given, out, err))
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except NotLoggedIn as error:
        hint = "" if error.code in ("", "bad_credentials") else "\nLog in again: fragua login"
        show_error(err, f"{error}{hint}")
        return 1
    except (FraguaError, httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        where = f"{error.filename}: " if isinstance(error, OSError) and error.filename else ""
        show_error(err, f"{where}{explain(error)}")
        return 1
    return with_desk


def _client(given: argparse.Namespace) -> Client:
    """By --url, then FRAGUA_URL, then where the last login was."""
    sessions = SessionFile(state_folder() / "session.json")
    url = given.url or os.environ.get("FRAGUA_URL")
    if not url:
        session = sessions.load()
        url = session.url if session else _DEFAULT_URL
    if not url.startswith(("http://", "https://")):
        url = f"https://{url}"
    return Client(url, sessions)


def _terminated(*_: object) -> NoReturn:
    raise Terminated


def _interrupted(err: Console, given: argparse.Namespace, code: int) -> NoReturn:
    """End at once: threads may be in the middle of a long silence of the network."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resumable = given.command in ("upload", "download")
    err.print(
        "Interrupted. To resume, run the same command again." if resumable else "Interrupted."
    )
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _log_to(console: Console, *, verbose: bool) -> None:
    """Only this package's log: others, httpx among them, write presigned URLs into theirs."""

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            console.print(Text(shown(record.getMessage()), "dim"), soft_wrap=True)

    log = logging.getLogger("fragua_client")
    log.propagate = False
    log.addHandler(Handler())
    log.setLevel(logging.DEBUG if verbose else logging.WARNING)


def _size(text: str) -> int:
    try:
        return parse_size(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _parallel(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 32:
        raise argparse.ArgumentTypeError("must be 1 to 32")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--url", help="the server; else FRAGUA_URL, else the last login's")
    common.add_argument("-q", "--quiet", action="store_true", help="no progress, results alone")
    common.add_argument("-v", "--verbose", action="store_true", help="show each request")
    parser = argparse.ArgumentParser(prog="fragua", description="Upload and download big files.")
    verbs = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def verb(name: str, text: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=text, description=text, parents=[common])

    _accounts(verb("register", "Make an account and log in"), verb("login", "Log in"))
    logout = verb("logout", "End the session")
    logout.add_argument("--everywhere", action="store_true", help="every session of the account")
    logout.set_defaults(run=commands.logout)
    verb("whoami", "Show who is logged in").set_defaults(run=commands.whoami)
    _upload(verb("upload", "Upload files; run it again to resume"))
    _ls(verb("ls", "List files or uploads"))
    _download(verb("download", "Download a file; run it again to resume"))
    rm = verb("rm", "Delete a file")
    rm.add_argument("file_id", metavar="FILE_ID")
    rm.set_defaults(run=commands.rm)
    abort = verb("abort", "Give up an unfinished upload")
    abort.add_argument("upload_id", metavar="UPLOAD_ID")
    abort.set_defaults(run=commands.abort)
    return parser


def _accounts(register: argparse.ArgumentParser, login: argparse.ArgumentParser) -> None:
    for parser in (register, login):
        parser.add_argument("--email", help="else you are asked")
        parser.epilog = "The password comes from FRAGUA_PASSWORD, a prompt, or standard input."
    register.add_argument("--first-name")
    register.add_argument("--last-name")
    register.set_defaults(run=commands.register)
    login.set_defaults(run=commands.login)


def _upload(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--mode", choices=("direct", "relay"), default="direct",
        help="straight to the store (default), or through the API",
    )  # fmt: skip
    parser.add_argument(
        "--parallel", type=_parallel, default=4, metavar="N", help="fragments at a time (4)"
    )
    parser.add_argument("--fragment-size", type=_size, metavar="SIZE", help="such as 8MiB")
    parser.add_argument("--content-type", metavar="TYPE", help="else guessed by the file's name")
    parser.add_argument(
        "--checksum", choices=("crc32", "sha256"), default="crc32",
        help="what the server verifies before the file appears (crc32)",
    )  # fmt: skip
    parser.add_argument(
        "--sha256", action="store_const", const="sha256", dest="checksum",
        help="the same as --checksum sha256",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one line of JSON for each file")
    parser.set_defaults(run=commands.send)


def _ls(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--name", metavar="PREFIX", help="files whose names begin so")
    parser.add_argument("--uploads", action="store_true", help="uploads in place of files")
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="the newest N (50)")
    parser.add_argument("--all", action="store_true", help="no limit")
    parser.set_defaults(run=commands.ls)


def _download(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE_ID|NAME")
    parser.add_argument("-o", "--output", type=Path, metavar="PATH", help="a file or a folder")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.set_defaults(run=commands.fetch)
