"""Edits take effect without losing data or requests; broken ones leave the old code serving."""

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg2
import pytest

from local.launch import Launched, launched
from tests.local.conftest import SAMPLE, until


@dataclass(frozen=True)
class Edited:
    """A running stack, the template that it serves, and the file with its messages."""

    stack: Launched
    template: Path
    messages: Path

    @property
    def code(self) -> Path:
        return self.template.parent / "functions" / "things" / "echo.py"

    def edit(self, path: Path, old: str, new: str) -> None:
        """Replaces a pattern in a file, as an editor does: by a new file."""
        text, count = re.subn(old, new, path.read_text(), count=1)
        assert count == 1
        written = path.with_suffix(".new")
        written.write_text(text)
        written.replace(path)

    def set_version(self, version: str) -> None:
        self.edit(self.code, r"VERSION = .*", f'VERSION = "{version}"')

    def version(self) -> str:
        return str(httpx.get(f"{self.stack.address}/things/1").json()["version"])

    def said(self, text: str) -> bool:
        return text in self.messages.read_text()


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edited]:
    """A stack on a copy of the sample."""
    folder = tmp_path_factory.mktemp("edited")
    shutil.copytree(SAMPLE, folder / "sample")
    template, messages = folder / "sample" / "template.yaml", folder / "messages"
    with (
        messages.open("w") as stderr,
        launched("--template", str(template), stderr=stderr.fileno()) as stack,
    ):
        yield Edited(stack, template, messages)


@contextmanager
def hammering(url: str) -> Iterator[list[int | str]]:
    """Requests without a pause, each on a new connection; yields their results."""
    results: list[int | str] = []
    stop = threading.Event()

    def hammer() -> None:
        with httpx.Client(limits=httpx.Limits(max_keepalive_connections=0), timeout=20) as http:
            while not stop.is_set():
                try:
                    results.append(http.get(url).status_code)
                except httpx.HTTPError as error:
                    results.append(repr(error))

    thread = threading.Thread(target=hammer)
    thread.start()
    try:
        yield results
    finally:
        stop.set()
        thread.join()


def test_an_edit_takes_effect_without_losing_a_request(edited: Edited) -> None:
    with hammering(f"{edited.stack.address}/things/1") as results:
        edited.set_version("second")
        until(lambda: edited.version() == "second")
    assert set(results) == {200}


def test_a_reload_loses_no_data(edited: Edited) -> None:
    s3 = edited.stack.client("s3")
    (bucket,) = (found["Name"] for found in s3.list_buckets()["Buckets"])
    s3.put_object(Bucket=bucket, Key="kept", Body=b"kept")
    connection = psycopg2.connect(edited.stack.database_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 1 AS one")
    edited.set_version("third")
    until(lambda: edited.version() == "third")
    assert s3.get_object(Bucket=bucket, Key="kept")["Body"].read() == b"kept"
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT one FROM kept")
        assert cursor.fetchall() == [(1,)]
    connection.close()


def test_broken_code_leaves_the_old_one_serving_until_it_is_mended(edited: Edited) -> None:
    edited.set_version("whole")
    # Which is answered first by the new code: the old one may still answer once or twice.
    until(lambda: edited.version() == "whole")
    edited.edit(edited.code, r"VERSION = .*", "VERSION = (")
    until(lambda: edited.said("things.echo.handler can't be imported: SyntaxError"))
    assert edited.version() == "whole"
    edited.edit(edited.code, r"VERSION = .*", 'VERSION = "mended"')
    until(lambda: edited.version() == "mended")


def test_a_changed_template_adds_routes_and_resources(edited: Edited) -> None:
    new = "Resources:\n  More: { Type: AWS::SQS::Queue }\n"
    bucket = httpx.get(f"{edited.stack.address}/things/1").json()["bucket"]
    edited.edit(edited.template, r"Path: /things }", "Path: /renamed }")
    edited.edit(edited.template, r"Resources:\n", new)
    until(lambda: httpx.post(f"{edited.stack.address}/renamed").status_code == 200)
    assert httpx.post(f"{edited.stack.address}/things").status_code == 404
    sqs = edited.stack.client("sqs")
    until(lambda: any("-More-" in url for url in sqs.list_queues()["QueueUrls"]))
    assert httpx.get(f"{edited.stack.address}/things/1").json()["bucket"] == bucket


def test_a_broken_template_leaves_the_old_one_serving(edited: Edited) -> None:
    edited.edit(edited.template, r"Resources:\n", "Resources: [\n")
    until(lambda: edited.said("the previous code goes on: template.yaml can't be read"))
    assert httpx.get(f"{edited.stack.address}/things/1").status_code == 200
