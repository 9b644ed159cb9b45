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
    """A server of this machine: its data folder, its programs, and the account that it runs as.

    Whoever made the folder ends the server that is found in it.
    """

    data: Path
    programs: Path
    account: int
    group: int

    @classmethod
    def of_tests(cls) -> Server:
        """Find the server that this process is connected to."""
        with engine.engine().connect() as db:
            data = Path(db.execute(sa.text("show data_directory")).scalar_one())
        status = data.stat()
        programs = Path(shlex.split((data / "postmaster.opts").read_text())[0]).parent
        return cls(data, programs, status.st_uid, status.st_gid)

    @property
    def options(self) -> list[str]:
        """Those of its last start, which the server keeps."""
        # The program, and that it is this folder, is said by the command itself.
        _, _, _, *options = shlex.split((self.data / "postmaster.opts").read_text())
        return options

    def stop(self) -> None:
        """End it at once but in order, cutting all connections, and wait until it is gone."""
        self.run("pg_ctl", "-D", str(self.data), "-w", "stop", "-m", "fast")

    def start(self, options: list[str] | None = None) -> None:
        """Start it as it was started before, or otherwise; wait until it takes connections."""
        words = shlex.join(self.options if options is None else options)
        self.run("pg_ctl", "-D", str(self.data), "-w", "start", "-o", words)

    def run(self, program: str, *words: str) -> None:
        """Run one of PostgreSQL's programs as the server's account."""
        root = os.geteuid() == 0
        subprocess.run(
            [self.programs / program, *words],
            check=True,
            stdin=subprocess.DEVNULL,
            # The server inherits them, and would keep a pipe open.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.data.parent,
            env={"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)},
            user=self.account if root else None,
            group=self.group if root else None,
            extra_groups=[] if root else None,
        )
