"""The API describes itself, to programs and to people."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from tests.support.backend import Client

pytestmark = pytest.mark.usefixtures("backend")


def test_the_document_is_openapi() -> None:
    answer = Client().call("service.openapi", "GET", "/v1/openapi.json")
    assert (answer.status, answer.body["openapi"]) == (200, "3.1.0")
    assert answer.headers["content-type"] == "application/json"


def test_the_page_loads_nothing_from_elsewhere() -> None:
    answer = Client().call("service.docs", "GET", "/docs")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", answer.body)


def test_the_page_runs_its_own_scripts_and_no_other() -> None:
    answer = Client().call("service.docs", "GET", "/docs")
    policy = answer.headers["content-security-policy"]
    scripts = re.findall(r"<script>(.*?)</script>", answer.body, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
    assert len(digests) == 2
    assert all(f"'sha256-{digest}'" in policy for digest in digests)
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
