"""Two releases at one database: while a deployment is under way, and after it was rolled back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from fragua.database import reader, writer
from tests.support.databases import own_database
from tests.support.events import http_event
from tests.support.paths import ROOT

MIGRATIONS = Path("fragua") / "database" / "migrations" / "versions"
# What the next release adds: a column that its code writes, and a table.
MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "9998"
down_revision = "{head}"


def upgrade() -> None:
    op.add_column("users", sa.Column("greeting", sa.Text))
    op.create_table("greetings", sa.Column("id", sa.Uuid, primary_key=True))
"""
# What the one after it takes away, which nobody uses any more.
CONTRACTION = """
from alembic import op

revision = "9999"
down_revision = "9998"


def upgrade() -> None:
    op.drop_column("users", "greeting")
"""
RUN = """
import importlib, json, sys
from tests.support.events import Context
module, event = json.loads(sys.stdin.read())
handler = importlib.import_module(module).handler
json.dump(handler(event, Context()), sys.stdout)
"""


@dataclass(frozen=True)
class Release:
    """One version of the shared code, in a folder of its own."""

    folder: Path

    def invoke(self, module: str, event: dict[str, Any]) -> Any:
        """Run a function of this release in a process of its own."""
        path = os.pathsep.join(map(str, (self.folder, ROOT / "functions", ROOT)))
        done = subprocess.run(
            [sys.executable, "-c", RUN],
            input=json.dumps([module, event]),
            env=os.environ | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def migrate(self) -> str:
        """Migrate as this release's deployment does; return the revision."""
        revision: str = self.invoke("database.migrate", {})["revision"]
        return revision

    def works(self) -> None:
        """Let somebody register, log in and look, all by this release."""
        person = {"email": f"{uuid4().hex}@example.com", "password": "correct horse"}
        names = {"first_name": "Ada", "last_name": "Lovelace"}
        event = http_event("POST", "/v1/auth/register", person | names)
        assert self.invoke("accounts.register", event)["statusCode"] == 201
        event = http_event("POST", "/v1/auth/login", person)
        tokens = json.loads(self.invoke("accounts.login", event)["body"])
        event = http_event("GET", "/v1/users/me", token=tokens["access_token"])
        assert self.invoke("accounts.get_me", event)["statusCode"] == 200


@pytest.fixture(scope="module")
def old() -> Release:
    """The release that is deployed now."""
    return Release(ROOT / "shared_package")


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory, old: Release) -> Release:
    """The next release: its code writes a column that its migration adds."""
    folder = tmp_path_factory.mktemp("new") / "shared_package"
    shutil.copytree(old.folder, folder)
    tables = folder / "fragua" / "accounts" / "tables.py"
    first = "    metadata,\n"
    column = '    sa.Column("greeting", sa.Text, default="hello"),\n'
    before, after = tables.read_text().split('"users",\n', 1)
    tables.write_text(f'{before}"users",\n{after.replace(first, first + column, 1)}')
    head = max(path.stem.partition("_")[0] for path in (old.folder / MIGRATIONS).glob("*.py"))
    (folder / MIGRATIONS / "9998_greetings.py").write_text(MIGRATION.format(head=head))
    return Release(folder)


@pytest.fixture(scope="module")
def third(tmp_path_factory: pytest.TempPathFactory, old: Release, new: Release) -> Release:
    """The release after that, whose code has no use for the column; nothing is taken away yet."""
    folder = tmp_path_factory.mktemp("third") / "shared_package"
    shutil.copytree(new.folder, folder)
    tables = Path("fragua") / "accounts" / "tables.py"
    shutil.copy(old.folder / tables, folder / tables)
    return Release(folder)


@pytest.fixture(scope="module")
def fourth(tmp_path_factory: pytest.TempPathFactory, third: Release) -> Release:
    """The fourth, whose migration takes the column away."""
    folder = tmp_path_factory.mktemp("fourth") / "shared_package"
    shutil.copytree(third.folder, folder)
    (folder / MIGRATIONS / "9999_no_greetings.py").write_text(CONTRACTION)
    return Release(folder)


@pytest.fixture
def empty(backend: dict[str, str]) -> Iterator[None]:
    """A database of its own, with nothing in it."""
    with own_database(backend):
        yield


def greetings() -> list[str | None]:
    with reader() as db:
        return list(db.execute(sa.text("select greeting from users order by id")).scalars())


@pytest.mark.timeout(240)
@pytest.mark.usefixtures("empty")
def test_a_release_and_the_one_before_it_work_side_by_side(old: Release, new: Release) -> None:
    first = old.migrate()
    old.works()
    assert new.migrate() == "9998" != first
    # The deployment is under way: some functions are of the one release, some of the other.
    old.works()
    new.works()
    old.works()
    assert greetings() == [None, None, "hello", None]


@pytest.mark.timeout(240)
@pytest.mark.usefixtures("empty")
def test_a_release_is_taken_back_without_its_migration(old: Release, new: Release) -> None:
    old.migrate()
    new.migrate()
    new.works()
    # CloudFormation's rollback calls the migration of the release before.
    assert old.migrate() == "9998"
    old.works()
    assert new.migrate() == "9998"
    assert greetings() == ["hello", None]


@pytest.mark.timeout(240)
@pytest.mark.usefixtures("empty")
def test_what_no_release_uses_any_more_is_taken_away(
    new: Release, third: Release, fourth: Release
) -> None:
    assert new.migrate() == third.migrate() == "9998"
    new.works()
    third.works()
    assert fourth.migrate() == "9999"
    third.works()
    fourth.works()


@pytest.mark.timeout(240)
@pytest.mark.usefixtures("empty")
def test_a_column_that_goes_too_early_is_missed(new: Release, fourth: Release) -> None:
    fourth.migrate()
    with pytest.raises(AssertionError, match="500"):
        new.works()


@pytest.mark.timeout(240)
@pytest.mark.usefixtures("empty")
def test_a_migration_that_fails_leaves_the_release_before_at_work(
    old: Release, new: Release, tmp_path: Path
) -> None:
    old.migrate()
    broken = Release(tmp_path / "shared_package")
    shutil.copytree(new.folder, broken.folder)
    migration = broken.folder / MIGRATIONS / "9998_greetings.py"
    migration.write_text(migration.read_text() + '    op.execute("select 1 / 0")\n')
    with pytest.raises(AssertionError, match="division by zero"):
        broken.migrate()
    with writer() as db, pytest.raises(sa.exc.ProgrammingError, match="greeting"):
        db.execute(sa.text("select greeting from users"))
    old.works()
    assert new.migrate() == "9998"
