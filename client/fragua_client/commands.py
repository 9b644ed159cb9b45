"""What the commands for accounts and single files do. Each returns the exit code."""

from __future__ import annotations

import json
from pathlib import Path

from fragua_client import asking
from fragua_client.desk import Desk, explain, show_error
from fragua_client.downloading import download, find
from fragua_client.http import is_loopback
from fragua_client.jobs import Options, Outcome
from fragua_client.journal import Journal
from fragua_client.names import show_size
from fragua_client.session import state_folder
from fragua_client.uploading import upload


def register(desk: Desk) -> int:
    """Make an account and log in."""
    _warn_of_plain_http(desk)
    given = desk.given
    email = given.email or asking.line("E-mail")
    first = given.first_name or asking.line("First name")
    last = given.last_name or asking.line("Last name")
    password = asking.password(twice=True)
    desk.client.register(email, password, first, last)
    return _logged_in(desk, email, password)


def login(desk: Desk) -> int:
    """Log in."""
    _warn_of_plain_http(desk)
    email = desk.given.email or asking.line("E-mail")
    return _logged_in(desk, email, asking.password())


def _logged_in(desk: Desk, email: str, password: str) -> int:
    user = desk.client.login(email, password)
    if not desk.given.quiet:
        desk.show(f"Logged in at {desk.client.url} as {user.email} (plan {user.plan})")
    return 0


def _warn_of_plain_http(desk: Desk) -> None:
    if desk.client.url.startswith("http:") and not is_loopback(desk.client.url):
        desk.err.print("Warning: http without TLS; others can read the password", style="yellow")


def logout(desk: Desk) -> int:
    """End the session."""
    desk.client.logout(everywhere=desk.given.everywhere)
    if not desk.given.quiet:
        desk.show("Logged out")
    return 0


def whoami(desk: Desk) -> int:
    """The session as the server sees it."""
    said = desk.client.whoami()
    desk.show(f"{said['email']} at {desk.client.url} (role {said['role']}, plan {said['plan']})")
    return 0


def send(desk: Desk) -> int:
    """Upload files; 1 when one of them failed."""
    given, session = desk.given, desk.client.session
    journal = Journal(state_folder() / "uploads", desk.client.url, session.user_id)
    options = Options(
        mode=given.mode,
        parallel=given.parallel,
        fragment_size=given.fragment_size,
        content_type=given.content_type,
        checksum=given.checksum,
        bucket=given.bucket,
    )
    outcomes = upload(desk.client, journal, given.files, options, desk.reporter())
    for outcome in outcomes:
        _show_outcome(desk, outcome)
    failed = sum(outcome.error is not None for outcome in outcomes)
    if failed and len(outcomes) > 1:
        desk.err.print(f"{failed} of {len(outcomes)} files failed", style="red")
    return 1 if failed else 0


def _show_outcome(desk: Desk, outcome: Outcome) -> None:
    if outcome.error is not None or outcome.file is None or outcome.digest is None:
        show_error(desk.err, f"{outcome.path}: {explain(outcome.error)}")
        return
    file, digest = outcome.file, outcome.digest
    facts = {
        "file_id": file.id, "size": file.size, "crc32": digest.crc32_hex,
        "sha256": digest.sha256.hex(), "fragments": outcome.fragments,
        "already": outcome.already, "sent": outcome.sent, "seconds": round(outcome.seconds, 2),
    }  # fmt: skip
    if desk.given.json:
        desk.show(json.dumps({"path": str(outcome.path), **facts}))
    elif desk.given.quiet:
        desk.show(file.id)
    else:
        took = f"{outcome.sent} of {outcome.fragments} fragments sent in {outcome.seconds:.1f} s"
        desk.show(f"{file.file_name} is ready ({took})", "bold green")
        desk.show(f"  file id  {file.id}")
        desk.show(f"  size     {file.size} bytes ({show_size(file.size)})")
        desk.show(f"  CRC-32   {digest.crc32_hex}")
        desk.show(f"  SHA-256  {digest.sha256.hex()}")


def fetch(desk: Desk) -> int:
    """Download one file."""
    given = desk.given
    file = find(desk.client, given.file)
    target: Path | None = given.output
    done = download(desk.client, file, target, force=given.force, reporter=desk.reporter())
    if given.quiet:
        return 0
    if done.resumed_at:
        desk.show(f"Resumed at {show_size(done.resumed_at)}")
    desk.show(f"{done.path}  {show_size(file.size)}", "bold green")
    desk.show(f"  CRC-32   {done.digest.crc32_hex}")
    desk.show(f"  SHA-256  {done.digest.sha256.hex()}")
    return 0


def rm(desk: Desk) -> int:
    """Delete a file."""
    desk.client.delete_file(desk.given.file_id)
    if not desk.given.quiet:
        desk.show(f"Deleted {desk.given.file_id}")
    return 0


def abort(desk: Desk) -> int:
    """Give an unfinished upload up."""
    desk.client.abort(desk.given.upload_id)
    if not desk.given.quiet:
        desk.show(f"Aborted {desk.given.upload_id}")
    return 0
