"""The services and the generation that serves at the moment; start, reload, stop."""

import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from watchfiles import Change, watch

from local import bootstrap
from local.document import code_folders, handler_modules, read
from local.errors import StackError
from local.generation import Generation
from local.janitor import Janitor
from local.logs import terminal
from local.options import Options
from local.services import Services

if TYPE_CHECKING:
    from local.deployment import Deployer, Deployment
    from local.template import Template

_LOOK_EVERY_MS = 100
_LAST_REQUESTS = 5.0


class Stack:
    """Serves the template's API on `listener`; whatever it starts is told to the janitor."""

    def __init__(self, options: Options, listener: socket.socket, janitor: Janitor) -> None:
        # What is wrong with these two is found before anything is started.
        self._account = bootstrap.wanted()
        written = read(options.template)
        self._options = options
        self._listener = listener
        self._janitor = janitor
        self._services = Services(janitor)
        self._output = terminal()
        self._generation: Generation | None = self._new_generation()
        self._generation.preload(
            handler_modules(written), code_folders(written, options.template.parent)
        )
        self._deployer: Deployer
        self._template: Template
        self._deployment: Deployment
        self._template_seen: object = None
        self._changes: Iterator[set[tuple[Change, str]]]

    def start(self) -> None:
        """Starts everything at once and says so when it serves."""
        # These imports cost more than a second, in which the services start already.
        from local.deployment import Deployer

        assert self._generation is not None
        self._read_template()
        self._watch_folders()
        endpoint, database_url = self._services.endpoint(), self._services.database_url()
        self._deployer = Deployer(endpoint, database_url, self._services.reader_url())
        self._deployment = self._deployer.deploy(self._template)
        self._prepare(self._generation)
        plan = self._deployment.plan
        superadmin = bootstrap.first_superadmin(self._generation, plan, self._account)
        self._generation.serve(self._options.workers)
        host, port = self._listener.getsockname()[:2]
        places = {
            "AWS emulator": endpoint,
            "DATABASE_URL": database_url,
            "mails": str(self._services.mails),
        }
        _announce(f"http://{host}:{port}", places, superadmin)

    def watch(self, stop: threading.Event) -> None:
        """Reloads on changes until `stop`. Raises StackError when a service ended."""
        while not stop.is_set():
            changes = next(self._changes)
            self._services.check()
            if self._template_state() != self._template_seen:
                self._reload(template_changed=True)
            elif changes:
                self._reload(template_changed=False)
            elif self._generation and not self._generation.alive():
                _say("the code's process ended; starting it again")
                self._reload(template_changed=False)

    def stop(self) -> None:
        """Ends the generation, after a moment for what it has in hand."""
        if self._generation:
            self._generation.stop(_LAST_REQUESTS)
        self._services.stop()

    def _new_generation(self) -> Generation:
        return Generation(self._listener, self._janitor, self._services.temporary, self._output)

    def _prepare(self, generation: Generation) -> None:
        generation.prepare(self._deployment, self._template.code_folders)
        bootstrap.migrate(generation, self._deployment.plan)

    def _reload(self, *, template_changed: bool) -> None:
        generation = self._new_generation()
        try:
            if template_changed:
                self._read_template()
                self._deployment = self._deployer.deploy(self._template)
                self._watch_folders()
            self._prepare(generation)
            generation.serve(self._options.workers)
        except StackError as error:
            generation.stop()
            _say(f"not reloaded, the previous code goes on: {error}")
            return
        # Both serve for a moment: so no request meets a socket that nobody listens to.
        old, self._generation = self._generation, generation
        if old:
            old.retire()
        _say("reloaded")

    def _read_template(self) -> None:
        from local.template import load

        self._template_seen = self._template_state()
        self._template = load(self._options.template, self._options.parameters)

    def _template_state(self) -> object:
        try:
            found = self._options.template.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _watch_folders(self) -> None:
        """Begins to watch now, so that no edit from here on is missed."""
        folders = [folder for folder in self._template.code_folders if folder.is_dir()]
        self._changes = watch(
            *folders,
            yield_on_timeout=True,
            rust_timeout=_LOOK_EVERY_MS,
            debounce=_LOOK_EVERY_MS,
        )
        next(self._changes)


def _announce(address: str, places: Mapping[str, str], superadmin: str | None) -> None:
    """The banner, and the one line that tools wait for."""
    lines = {"API": address, "docs": f"{address}/docs", **places}
    if superadmin:
        lines["superadmin"] = superadmin
    print("Fragua's sandbox: nothing is kept after it stops.")
    for name, value in lines.items():
        print(f"  {name:<13} {value}")
    print(f"ready {address}", flush=True)


def _say(text: str) -> None:
    print(f"local: {text}", file=sys.stderr, flush=True)
