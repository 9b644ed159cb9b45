"""What opens a link is known to whoever has it, and to nobody here."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from fragua import clock
from fragua.database import writer
from fragua.database.metadata import metadata
from fragua.files.tables import links
from tests.integration.files.linking import (
    ROBOT,
    create,
    follow,
    link_to,
    listed,
    preview,
    revoke,
)
from tests.support.backend import Client, environment_of
from tests.support.faults import closed_port
from tests.support.logs import written
from tests.support.rows import add_rows, row
from tests.support.statements import statements
from tests.support.tables import guards

TABLES = list(metadata.tables)


def everything_kept() -> list[str]:
    """Return all rows and guards as text."""
    # A table's own name stands for a whole row of it.
    rows = [sa.select(sa.cast(sa.column(t), sa.Text)).select_from(sa.table(t)) for t in TABLES]
    with writer() as db:
        texts = [text for query in rows for text in db.scalars(query)]
    return texts + [str(guard) for guard in guards().values()]


def test_nothing_that_is_kept_opens_a_link(owner: Client, file_id: str) -> None:
    tokens = [link_to(owner, file_id)["token"], create(owner, file_id, key="k").body["token"]]
    kept = "\n".join(everything_kept())
    assert file_id in kept
    for token in tokens:
        # As text, or as PostgreSQL writes bytes: those it encodes, or its own.
        for form in (token, token.encode().hex()):
            assert form not in kept


def test_no_line_of_a_log_holds_a_token(owner: Client, file_id: str) -> None:
    debug = environment_of({"LOG_LEVEL": "DEBUG"})
    with closed_port() as port, written() as lines, debug:
        link = link_to(owner, file_id, max_downloads=1)
        key = uuid4().hex
        again = create(owner, file_id, key=key).body
        assert create(owner, file_id, {"expires_in": 60}, key=key).status == 422
        for token in (link["token"], again["token"]):
            for ask in (follow, follow, preview):
                ask(token)
            follow(token, **ROBOT)
            with environment_of({"DATABASE_URL": f"postgresql://a:b@127.0.0.1:{port}/c"}):
                assert follow(token).status == 503
            assert revoke(owner, token) == 204
    text = lines.getvalue()
    assert len(text.splitlines()) > 3
    assert not [token for token in (link["token"], again["token"]) if token in text]
    assert not re.search(r"X-Amz-Signature|/l/", text)


def test_a_page_of_links_costs_the_same_however_many_were_revoked(owner: Client) -> None:
    (file_id,) = add_rows([row(owner.user_id)])
    now = clock.now()
    new = {"file_id": UUID(file_id), "created_at": now, "expires_at": now + timedelta(hours=1)}
    with writer() as db:
        db.execute(
            links.insert(),
            [
                {"id": clock.new_id(), "token_hash": uuid4().bytes, "revoked_at": now, **new}
                for _ in range(5000)
            ],
        )
        db.execute(sa.text("analyze links"))
    kept = [link_to(owner, file_id)["id"] for _ in range(2)]
    assert listed(owner, file_id) == kept[::-1]
    with statements() as sent:
        listed(owner, file_id)
    (asked,) = [each for each in sent if "FROM links" in each[0]]
    with writer() as db:
        (found,) = db.exec_driver_sql(f"explain (analyze, format json) {asked[0]}", asked[1]).one()
    assert "links_file_id_id_idx" in json.dumps(found)
