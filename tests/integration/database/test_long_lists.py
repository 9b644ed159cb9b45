"""Pages of long lists: PostgreSQL reads as many rows for one far down as for the first one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from fragua.accounts import administration
from fragua.accounts.administration import Filters
from fragua.catalog import history, views
from fragua.database import listing, migrate
from fragua.notifications import service as notifications
from tests.support.databases import fill, own_database
from tests.support.statements import explain, rows_read, skipped, statements

Nodes = list[dict[str, Any]]
Ask = Callable[[int, Any], tuple[list[Any], Any]]

OLDEST = UUID("00000000-0000-7000-8000-000000000001")

# Ids rise with n. Of 20,000 users the oldest is the superadmin, one of 2,000 is an admin, and the
# 22 oldest have addresses that begin in another way. As many that are newer were deleted.
USERS = """
insert into users (id, email, email_key, password_hash, first_name, last_name, role, plan,
                   created_at, deleted_at)
select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, email, email, '', '', '',
       case when n = 1 then 'superadmin' when n % 2000 = 0 then 'admin' else 'user' end, 'basic',
       now(), case when n > 20000 then now() end
from generate_series(1, 40000) as n,
     lateral (select case when n <= 20 then 'old' || n when n = 21 then 'o_d' when n = 22 then 'o%d'
                          else 'user' || n end || '@example.com' as email)
"""
PRODUCT = """
insert into products (id, sku, sku_key, name, name_key, brand, brand_key, price, currency,
                      created_by, updated_by, created_at, updated_at)
select id, 'a', 'a', '', '', '', '', 0, 'USD', id, id, now(), now()
from users where role = 'superadmin'
"""
# Changes are of two hundred SKUs in turns. The oldest quarter was told to one user, the others to
# another one.
HISTORY = """
insert into product_history (id, product_id, sku, sku_key, action, changed_by, changed_at, changes)
select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, products.id, one, one,
       'updated', created_by, now(), '{}'
from products, generate_series(1, 20000) as n,
     lateral (select 'sku-' || n % 200 as one)
"""
NOTIFICATIONS = """
insert into notifications (id, user_id, history_id, created_at)
select id, ('00000000-0000-7000-8000-00000000000' || case when n <= 5000 then 1 else 2 end)::uuid,
       id, now()
from (select id, row_number() over (order by id) as n from product_history) as numbered
"""
# A hundred products on each of two hundred days.
VIEWS = """
insert into product_views (day, sku_key, sku, views)
select date '2026-01-01' + n / 100, lpad((n % 100)::text, 3, '0'), '', 1
from generate_series(0, 19999) as n
"""
TABLES = ("users", "product_history", "notifications", "product_views")


@pytest.fixture(scope="module", autouse=True)
def long(backend: dict[str, str]) -> Iterator[None]:
    """Lists of twenty thousand rows, in a database of their own."""
    with own_database(backend):
        migrate.upgrade()
        fill(USERS, PRODUCT, HISTORY, NOTIFICATIONS, VIEWS, analyzed=TABLES)
        yield


def planned(ask: Ask, after: Any = None) -> tuple[list[Any], Nodes]:
    """Ask for a page; return it, and the nodes of the plans that PostgreSQL made for it."""
    with statements() as sent:
        items, _ = ask(50, after)
    assert skipped(sent) == 0
    plan = [node for each in sent for node in explain(*each)]
    assert not any(node["Node Type"] == "Seq Scan" for node in plan)
    return items, plan


def users(filters: Filters) -> Ask:
    return lambda limit, after: administration.page(filters, limit, after)


def report(begin: dt.date | None, end: dt.date | None) -> Ask:
    return lambda limit, after: views.report(begin, end, limit, after)


@pytest.mark.parametrize(
    ("ask", "step", "rows"),
    [
        (users(Filters()), 190, {"users_id_idx": 51}),
        (users(Filters(email="USER")), 190, {"users_id_idx": 51}),
        # An admin on the way is no user.
        (users(Filters(role="user")), 190, {"users_id_idx": 52}),
        # A hundred changes may as well be sorted: never are another SKU's read.
        (lambda *at: history.page("SKU-7", *at), 10, {"product_history_sku_key_id_idx": 100}),
        (
            lambda *at: notifications.page(OLDEST, *at),
            190,
            {"notifications_pkey": 51, "product_history_pkey": 51},
        ),
        (report(None, None), 190, {"product_views_pkey": 51}),
        (report(dt.date(2026, 1, 11), dt.date(2026, 6, 1)), 190, {"product_views_pkey": 51}),
    ],
    ids=["users", "email", "role", "history", "notifications", "views", "views of some days"],
)
def test_a_page_far_down_reads_as_many_rows_as_the_first(
    ask: Ask, step: int, rows: dict[str, int]
) -> None:
    after = None
    for _ in range(5):
        items, plan = planned(ask, after)
        assert len(items) == 50
        assert set(read(plan)) == set(rows)
        assert all(number <= rows[index] for index, number in read(plan).items())
        _, after = ask(step, after)


def read(plan: Nodes) -> dict[str, int]:
    """Return how many rows were read by each index; nothing is read otherwise."""
    scans = [node for node in plan if "Plans" not in node]
    return {node["Index Name"]: rows_read([node]) for node in scans}


@pytest.mark.parametrize(
    ("filters", "column", "found"),
    [
        (Filters(email="OLD"), "email_key", 20),
        (Filters(email="o_d"), "email_key", 1),
        (Filters(email="O%d"), "email_key", 1),
        (Filters(email="nobody"), "email_key", 0),
        (Filters(role="admin"), "role", 10),
        (Filters(role="S"), "role", 1),
        (Filters(email="old", role="superadmin"), "role", 1),
    ],
    ids=str,
)
def test_the_few_users_that_a_filter_finds_are_found_by_its_index(
    filters: Filters, column: str, found: int
) -> None:
    items, plan = planned(users(filters))
    assert len(items) == found
    (scan,) = [node for node in plan if node.get("Index Name") == f"users_{column}_id_idx"]
    assert column in scan["Index Cond"]
    assert rows_read([scan]) == found
    # The walk before, and afterwards the rows of the page.
    assert rows_read(plan) <= listing.WALKS[0] + found + 2 * 51
