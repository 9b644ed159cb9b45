"""The parent of it all: signals, the listening socket, the loop that watches, and the end."""

import os
import signal
import socket
import threading
from contextlib import suppress

from local.errors import StackError
from local.janitor import Janitor
from local.options import Options
from local.stack import Stack
from local.timescale import factor


class Told(KeyboardInterrupt):
    """Told to stop.

    Not KeyboardInterrupt itself: raised in what `exec` runs, which is how dataclasses are made, it
    ends `python -m` by the signal in the end, though it was caught (run_eval_code_obj of CPython).
    """


def run(options: Options) -> None:
    """Runs the stack until SIGINT or SIGTERM. Raises StackError when it can't go on."""
    factor()
    stop = threading.Event()
    with _listen(options) as listener, suppress(KeyboardInterrupt), Janitor() as janitor:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: _stop(stop))
        stack = Stack(options, listener, janitor)
        try:
            stack.start()
            stack.watch(stop)
        finally:
            # From here on nothing may interrupt the cleaning.
            stop.set()
            stack.stop()


def _stop(stop: threading.Event) -> None:
    """Interrupts whatever the main thread is doing, once."""
    if not stop.is_set():
        stop.set()
        raise Told


def _listen(options: Options) -> socket.socket:
    try:
        return socket.create_server((options.host, options.port), backlog=2048)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise StackError(f"{options.host}:{options.port} can't be used: {reason}") from None
