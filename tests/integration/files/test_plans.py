"""A page of a long list costs what a page of a short one does: PostgreSQL finds it by an index."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from fragua import clock
from fragua.database import listing, writer
from fragua.files import service
from fragua.files.service import Filters
from tests.support.backend import Client, new_client
from tests.support.rows import add_rows, row
from tests.support.statements import explain, statements

ROWS = 20_000
BY_NAME = "files_owner_id_file_name_key_id_idx"


@pytest.fixture(scope="module")
def owner(backend: dict[str, str]) -> Client:
    """Somebody with many files, among others who have many."""
    clients = [new_client(), new_client()]
    for client in clients:
        rows = [row(client.user_id, file_name=f"file {n:05}") for n in range(ROWS // 2)]
        add_rows(rows)
    with writer() as db:
        db.execute(sa.text("analyze files"))
    return clients[0]


def planned(owner: Client, filters: Filters, after: Any = None) -> list[dict[str, Any]]:
    """Ask for a page; return the nodes of the plans that PostgreSQL made for it."""
    with statements() as sent:
        items, _ = service.page(UUID(owner.user_id), filters, 50, after)
    assert len(items) == 50
    return [node for each in sent for node in explain(*each)]


def test_a_page_is_read_from_the_index_alone_without_sorting(owner: Client) -> None:
    plan = planned(owner, Filters())
    assert {node.get("Index Name") for node in plan} & {"files_owner_id_id_idx", "files_pkey"}
    assert not any(node["Node Type"] in ("Sort", "Seq Scan") for node in plan)
    assert max(node["Actual Rows"] for node in plan) <= 51


def test_a_page_in_the_middle_costs_the_same(owner: Client) -> None:
    first, after = service.page(UUID(owner.user_id), Filters(), 200, None)
    assert len(first) == 200
    plan = planned(owner, Filters(), after)
    assert not any(node["Node Type"] in ("Sort", "Seq Scan") for node in plan)
    assert max(node["Actual Rows"] for node in plan) <= 51


def test_a_name_is_found_by_its_index_where_it_is_not_among_the_newest(owner: Client) -> None:
    plan = planned(owner, Filters(name="FILE 001"))
    (found,) = [node for node in plan if node.get("Index Name") == BY_NAME]
    assert found["Actual Rows"] <= 100
    assert max(node["Actual Rows"] * node["Actual Loops"] for node in plan) <= listing.WALKS[0]


def test_a_time_is_found_by_the_lists_own_index(owner: Client) -> None:
    plan = planned(owner, Filters(created_before=clock.at(clock.timestamp() + 60)))
    assert not any(node["Node Type"] in ("Sort", "Seq Scan") for node in plan)
