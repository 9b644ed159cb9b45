"""AWS on loopback: moto's server in a process of its own, behind the rules of `s3_rules`.

`with emulator() as endpoint:` is all that a test needs; `local.account.client(service, endpoint)`
makes clients of it.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any, Literal

from local.account import clean_environment
from local.errors import StackError
from local.processes import on_end_of, spawn_module

_SERVICES: tuple[Literal["s3", "sqs", "dynamodb", "secretsmanager", "sesv2"], ...] = (
    "s3",
    "sqs",
    "dynamodb",
    "secretsmanager",
    "sesv2",
)
_MOTO_SETTINGS = {
    # The first part of an address by number is no bucket.
    "S3_IGNORE_SUBDOMAIN_BUCKETNAME": "true",
    # Otherwise every answer allows every origin, whatever the bucket's rules say.
    "MOTO_DISABLE_GLOBAL_CORS": "true",
}


class Emulator:
    """The parent's side of the emulator's process; `mails` is where e-mails are put as files."""

    def __init__(self, folder: str | None = None, mails: Path | None = None) -> None:
        # Nothing that coverage counts runs there, and being watched takes half as long again.
        unwatched = {k: v for k, v in clean_environment().items() if not k.startswith("COVERAGE_")}
        environment = {**unwatched, **_MOTO_SETTINGS}
        if folder:
            environment["TMPDIR"] = folder
        self.process: Popen[str] = spawn_module(
            "local.emulator",
            *([str(mails)] if mails else []),
            stdout=PIPE,
            environment=environment,
        )

    def endpoint(self) -> str:
        """Waits until it serves and answers its address."""
        assert self.process.stdout is not None
        port = self.process.stdout.readline().strip()
        if not port:
            raise StackError("the AWS emulator doesn't start; its messages stand above")
        return f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        """Ends the process; everything it held is gone."""
        self.process.terminate()
        self.process.communicate()


@contextmanager
def emulator(mails: Path | None = None) -> Iterator[str]:
    """A running emulator with nothing in it; yields its endpoint."""
    running = Emulator(mails=mails)
    try:
        yield running.endpoint()
    finally:
        running.stop()


def serve(mails: Path | None) -> None:
    """Serves until standard input ends; prints the port once it listens."""
    # The import costs half a second, which the parent's side shouldn't pay.
    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server

    from local import moto_fixes
    from local.mails import keep as keep_mails
    from local.s3_gate import S3Gate

    moto_fixes.apply()
    if mails:
        keep_mails(mails)
    # moto loads a service when it is first asked for; better now, while nobody waits for it.
    for service in _SERVICES:
        create_backend_app(service)

    class Handler(MotoRequestHandler):
        """Keeps connections open, as the SDKs expect of AWS, and keeps quiet."""

        protocol_version = "HTTP/1.1"

        def log(self, *_: Any) -> None:
            """Requests aren't logged: the API's own log lines say more."""

    application = S3Gate(moto_fixes.OneByOne(DomainDispatcherApplication(create_backend_app)))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Handler)
    on_end_of(sys.stdin.fileno(), lambda: os._exit(0))
    print(server.port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
