"""What the stack's code needs around it: a folder, the emulator and PostgreSQL."""

import os
import threading
from concurrent.futures import Future

from local.emulator import Emulator
from local.errors import StackError
from local.janitor import Janitor
from local.postgres import Server, check, new_folder

_READER = "DATABASE_READER_URL"


class Services:
    """Starts everything at the same time; lives as long as the stack, over all reloads."""

    def __init__(self, janitor: Janitor) -> None:
        self.folder = new_folder(janitor)
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir(mode=0o700)
        self.mails = self.folder / "mails"
        self.mails.mkdir(mode=0o700)
        self._emulator = Emulator(str(self.temporary), self.mails)
        janitor.owns_group(self._emulator.process.pid)
        self._server: Server | None = None
        self._database: Future[str] = Future()
        threading.Thread(target=self._start_database, args=(janitor,), daemon=True).start()

    def endpoint(self) -> str:
        """The emulator's address, once it serves."""
        return self._emulator.endpoint()

    def database_url(self) -> str:
        """The database's URL, once it can be used. Raises StackError if it never can."""
        return self._database.result()

    def reader_url(self) -> str:
        """The URL of a replica of the database; empty where nobody gave one."""
        return os.environ.get(_READER, "") if _given() else ""

    def check(self) -> None:
        """Raises StackError when a service has ended by itself: its data are gone."""
        if self._emulator.process.poll() is not None:
            raise StackError("the AWS emulator ended; its messages stand above")
        if self._server and not self._server.alive():
            raise StackError("PostgreSQL ended; its messages stand above")

    def stop(self) -> None:
        """Ends both, even while they are being made; the janitor removes the rest."""
        self._emulator.stop()
        if self._server:
            self._server.stop()

    def _start_database(self, janitor: Janitor) -> None:
        try:
            self._database.set_result(self._usable_database(janitor))
        except BaseException as error:  # noqa: BLE001 - for whoever asks for the URL
            self._database.set_exception(error)

    def _usable_database(self, janitor: Janitor) -> str:
        if given := _given():
            check(*given)
            if self.reader_url():
                check(self.reader_url(), _READER)
            return given[0]
        self._server = Server(self.folder, janitor)
        return self._server.start()


def _given() -> tuple[str, str] | None:
    """The URL of a database that is there already, if there is one, and the variable it is in."""
    found = ((os.environ.get(name), name) for name in ("DATABASE_WRITER_URL", "DATABASE_URL"))
    return next(((url, name) for url, name in found if url), None)
