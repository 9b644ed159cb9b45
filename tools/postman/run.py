"""Run the collection by newman against a local stack of its own: `make postman`.

newman writes a report; what a person needs of it is printed: a line a folder, and each failure.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

from local.launch import launched
from tools.postman.collection import COLLECTION, ENVIRONMENT

NEWMAN = Path(__file__).with_name("node_modules") / "newman" / "bin" / "newman.js"
# Milliseconds for one answer, and for all of them; seconds until newman itself is given up.
_ANSWER, _RUN, _PATIENCE = 30_000, 300_000, 330
_SHOWN = 20
# The stack is there for this run alone.
_EMAIL, _PASSWORD = "root@fragua.example.com", "the first of all smiths"
_SUPERADMIN = {"FRAGUA_SUPERADMIN_EMAIL": _EMAIL, "FRAGUA_SUPERADMIN_PASSWORD": _PASSWORD}


def main() -> int:
    """Run it; newman's exit code, 130 after Ctrl-C."""
    # Both alike, so that whoever stops this leaves no stack behind.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, _interrupt)
    with tempfile.TemporaryFile("w+") as log:
        try:
            with launched(environment=_SUPERADMIN, stderr=log.fileno()) as stack:
                code = run(stack.address)
        except KeyboardInterrupt:
            return 130
        except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
            print(f"postman: {error}", file=sys.stderr)
            code = 1
        if code:
            print(*_troubles(log), sep="\n", file=sys.stderr)
    return code


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def run(address: str) -> int:
    """Run the collection against the API at `address`; print what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        newman = subprocess.run(
            _command(address, path), capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
        report = json.loads(path.read_text()) if path.is_file() else None
    if report is None:
        raise RuntimeError(f"newman ended with {newman.returncode}: {newman.stderr.strip()}")
    print("\n".join(summary(report)))
    # A run that was cut short has an exit code, but perhaps no failure to show.
    if newman.returncode and newman.stderr:
        print(newman.stderr.strip(), file=sys.stderr)
    return newman.returncode


def _troubles(log: TextIO) -> list[str]:
    """The end of what the stack said, without what went as it should."""
    log.seek(0)
    lines = [line.rstrip() for line in log if '"level":"INFO"' not in line]
    return ["", "The stack said:", *lines[-_SHOWN:]] if lines else []


def _command(address: str, report: Path) -> list[str]:
    return [
        *("node", str(NEWMAN), "run", str(COLLECTION), "--environment", str(ENVIRONMENT)),
        *("--env-var", f"base_url={address}", "--reporters", "json"),
        *("--env-var", f"admin_email={_EMAIL}", "--env-var", f"admin_password={_PASSWORD}"),
        *("--reporter-json-export", str(report)),
        *("--timeout-request", str(_ANSWER), "--timeout", str(_RUN)),
    ]


def summary(report: dict[str, Any]) -> list[str]:
    """What a person wants to know of newman's report: a line a folder, then the failures."""
    places = _places(report["collection"]["item"])
    requests, checks = Counter[str](), Counter[str]()
    for execution in report["run"]["executions"]:
        folder = places[execution["item"]["id"]]
        requests[folder] += 1
        checks[folder] += len(execution.get("assertions", []))
    lines = [f"{name:36} {requests[name]:4} requests {checks[name]:5} checks" for name in requests]
    failures = report["run"]["failures"]
    lines += [_failure(one, places, report) for one in failures[:_SHOWN]]
    total = f"{requests.total()} requests, {checks.total()} checks, {len(failures)} failed"
    hidden = len(failures) - _SHOWN
    return [*lines, f"{total} ({hidden} more than shown)" if hidden > 0 else total]


def _places(items: list[dict[str, Any]], folder: str = "") -> dict[str, str]:
    """Map each request's id to the names of its folders."""
    found: dict[str, str] = {}
    for item in items:
        inner = f"{folder} / {item['name']}".removeprefix(" / ")
        found |= _places(item["item"], inner) if "item" in item else {item["id"]: folder}
    return found


def _failure(failure: dict[str, Any], places: dict[str, str], report: dict[str, Any]) -> str:
    source, error = failure.get("source", {}), failure["error"]
    where = f"{places.get(source.get('id'), '')}: {source.get('name', 'the run')}"
    said = f"\n  {error.get('test') or error.get('name')}: {error.get('message')}"
    return f"\nFAILED {where}{said}{_answered(source.get('id'), report)}"


def _answered(item_id: str | None, report: dict[str, Any]) -> str:
    """The last answer to a request that failed, in a line."""
    for execution in reversed(report["run"]["executions"]):
        response = execution.get("response")
        if execution["item"]["id"] == item_id and response:
            body = bytes(response.get("stream", {}).get("data", [])).decode(errors="replace")
            return f"\n  the answer: {response['code']} {body[:500]}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
