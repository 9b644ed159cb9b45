"""Stops and starts the PostgreSQL server of the tests for real, on its own port."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from fragua.database import engine


@dataclass(frozen=True)
class Server:
    """A server of this machine: its data folder and the account that it runs as.

    Whoever made the folder ends the server that is found in it.
    """

    data: Path
    account: int
    group: int

    @classmethod
    def of_tests(cls) -> Server:
        """Find the server that this process is connected to."""
        with engine.engine().connect() as db:
            data = Path(db.execute(sa.text("show data_directory")).scalar_one())
        status = data.stat()
        return cls(data, status.st_uid, status.st_gid)

    def stop(self) -> None:
        """End it at once but in order, cutting all connections, and wait until it is gone."""
        self._command("stop", "-m", "fast")

    def start(self) -> None:
        """Start it as it was started before, and wait until it takes connections."""
        # The program, and that it is this folder, is said by the command itself.
        _, _, _, *options = self._last()
        self._command("start", "-o", shlex.join(options))

    def _last(self) -> list[str]:
        """Return the command line of the server's last start, which the server keeps."""
        return shlex.split((self.data / "postmaster.opts").read_text())

    def _command(self, *words: str) -> None:
        root = os.geteuid() == 0
        subprocess.run(
            [Path(self._last()[0]).with_name("pg_ctl"), "-D", self.data, "-w", *words],
            check=True,
            stdin=subprocess.DEVNULL,
            # The server inherits them, and would keep a pipe open.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.data,
            env={"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)},
            user=self.account if root else None,
            group=self.group if root else None,
            extra_groups=[] if root else None,
        )
