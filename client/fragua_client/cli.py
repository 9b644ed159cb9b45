"""`fragua`: the command line.

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 ended by Ctrl-C, 143 by SIGTERM.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import NoReturn

import httpx
from rich.console import Console
from rich.text import Text

from fragua_client.arguments import parse
from fragua_client.client import Client
from fragua_client.desk import Desk, explain, show_error
from fragua_client.errors import FraguaError, NotLoggedIn
from fragua_client.names import shown
from fragua_client.session import SessionFile, state_folder

_DEFAULT_URL = "http://127.0.0.1:8000"


class Terminated(BaseException):
    """SIGTERM came."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = parse(arguments)
    out, err = Console(highlight=False, markup=False), _stderr()
    _log_to(err, verbose=given.verbose)
    signal.signal(signal.SIGTERM, _terminated)
    try:
        return told(err, lambda: int(given.run(Desk(_client(given), given, out, err))))
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


def told(err: Console, command: Callable[[], int]) -> int:
    """The code of a command; 1 where it ends with an error, which then is told in a sentence."""
    try:
        return command()
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


def _client(given: Namespace) -> Client:
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


def _interrupted(err: Console, given: Namespace, code: int) -> NoReturn:
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
