"""`fragua share`, `links`, `unshare`: links that let anyone download a file for a while."""

from __future__ import annotations

from dataclasses import asdict

from fragua_client.desk import Desk, show_rows
from fragua_client.downloading import find
from fragua_client.names import shown_in_line

_COLUMNS = ("id", "expires_at", "downloads", "max_downloads")


def share(desk: Desk) -> int:
    """Make a link; its URL is all of the result, for scripts."""
    given = desk.given
    file = find(desk.client, given.file)
    link = desk.client.create_link(file.id, given.expires, given.downloads)
    desk.show(shown_in_line(link.url))
    limit = "no limit" if link.max_downloads is None else link.max_downloads
    desk.note(f"Whoever has it can download {file.file_name} until {link.expires_at}")
    desk.note(f"Downloads: {limit}. To revoke it: fragua unshare {link.id}")
    return 0


def links(desk: Desk) -> int:
    """The links of one file. Their URLs are shown once, when they are made."""
    file = find(desk.client, desk.given.file)
    found = [asdict(link) for link in desk.client.links(file.id)]
    known = ("file_id", "created_at", *_COLUMNS)
    show_rows(desk, _COLUMNS, [{name: link[name] for name in known} for link in found])
    return 0


def unshare(desk: Desk) -> int:
    """Revoke a link."""
    desk.client.revoke_link(desk.given.link)
    if not desk.given.quiet:
        # Not the link itself: it may be its token.
        desk.show("Revoked")
    return 0
