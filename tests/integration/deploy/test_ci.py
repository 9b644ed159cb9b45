"""`.ci/deploy` becomes the role by what GitHub signs for the job, and by nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from local.account import clean_environment
from tests.support.paths import ROOT

GIVEN = """
<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>AKIAROLE</AccessKeyId>
<SecretAccessKey>secret</SecretAccessKey><SessionToken>session</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
</AssumeRoleWithWebIdentityResponse>
""".strip().encode()


@dataclass
class GitHub:
    """The server that signs for jobs, and AWS' that believes it; what both were asked."""

    address: str = ""
    url: str = ""
    taken: list[dict[str, str]] = field(default_factory=list)
    status: int = 200
    asked: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture
def github() -> Iterator[GitHub]:
    """One that answers with a token."""
    made = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append((self.path, str(self.headers["authorization"])))
            self.answer(made.status, json.dumps({"value": "signed.for.job"}).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            made.taken.append(dict(parse_qsl(body)))
            self.answer(200, GIVEN)

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    made.address = f"http://127.0.0.1:{server.server_port}"
    made.url = f"{made.address}/token?api-version=2"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def run(endpoint: str, github: GitHub, folder: Path) -> subprocess.CompletedProcess[str]:
    variables = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ENDPOINT_URL_STS": github.address,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": "eu-west-3",
        "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/fragua-pipeline-testing-deploy",
        "ACTIONS_ID_TOKEN_REQUEST_URL": github.url,
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "asker",
        "GITHUB_RUN_ID": "1",
        "GITHUB_OUTPUT": str(folder / "outputs"),
        "TMPDIR": str(folder),
    }
    return subprocess.run(
        ["bash", ".ci/deploy", "testing"],
        cwd=ROOT,
        env=clean_environment() | variables,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def test_github_is_asked_for_aws_and_the_role_is_taken(
    endpoint: str, github: GitHub, tmp_path: Path
) -> None:
    done = run(endpoint, github, tmp_path)
    assert github.asked == [("/token?api-version=2&audience=sts.amazonaws.com", "bearer asker")]
    (taken,) = github.taken
    assert taken["Action"] == "AssumeRoleWithWebIdentity"
    assert taken["RoleArn"].endswith(":role/fragua-pipeline-testing-deploy")
    assert taken["WebIdentityToken"] == "signed.for.job"
    assert taken["RoleSessionName"] == "github-1"
    # With credentials it comes as far as this account goes.
    assert "There is no stack fragua-bootstrap in eu-west-3" in done.stderr, done.stderr
    assert done.returncode == 1


def test_the_token_is_gone_afterwards_and_never_shown(
    endpoint: str, github: GitHub, tmp_path: Path
) -> None:
    done = run(endpoint, github, tmp_path)
    assert not list(tmp_path.glob("tmp.*"))
    assert not [word for word in ("asker", "signed.for.job") if word in done.stdout + done.stderr]


def test_who_is_not_signed_for_deploys_nothing(
    endpoint: str, github: GitHub, tmp_path: Path
) -> None:
    github.status = 403
    done = run(endpoint, github, tmp_path)
    assert done.returncode != 0
    assert "stack" not in done.stderr
