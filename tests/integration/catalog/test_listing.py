"""The list of products: what PostgreSQL reads for a page is bounded, whatever it is narrowed to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from fragua.catalog import service
from fragua.catalog.service import Filters
from fragua.database import listing, migrate
from tests.support.databases import fill, own_database
from tests.support.statements import explain, rows_read, skipped, statements

Nodes = list[dict[str, Any]]

ALL = "products_id_idx"
BRAND, NAME, PRICE = (f"products_{key}_id_idx" for key in ("brand_key", "name_key", "price"))

ADMIN = """
insert into users (id, email, email_key, password_hash, first_name, last_name, role, plan,
                   created_at)
values ('00000000-0000-7000-8000-000000000000', '', '', '', '', '', 'admin', 'basic', now())
"""
# Ids rise with n. The 2,000 oldest are called Vintage and are dearer than all others; 20 after them
# are Rare, then some with signs in their names. Others are of a hundred brands in turns. The 4,000
# newest are deleted.
PRODUCTS = r"""
insert into products (id, sku, sku_key, name, name_key, brand, brand_key, price, currency,
                      created_by, updated_by, created_at, updated_at, deleted_at)
select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, n, n, name, lower(name),
       brand, lower(brand), price, 'USD', users.id, users.id, now(), now(),
       case when n > 40000 then now() end
from users, generate_series(1, 44000) as n,
     lateral (select case when n <= 2000 then 'Vintage' when n <= 2020 then 'Rare'
                          when n > 40000 then 'Gone' end as kind),
     lateral (select (array['100% wool', '100x wool', 'a_b', 'axb', 'back\slash', 'back/slash'])
                     [n - 2020] as odd),
     lateral (select coalesce(odd, coalesce(kind, 'Anvil') || ' ' || n) as name,
                     coalesce(odd, kind, 'Brand ' || lpad((n % 100)::text, 2, '0')) as brand,
                     case kind when 'Vintage' then 60000 + n when 'Rare' then 50000
                               when 'Gone' then 90000 else n % 1000 end as price)
"""


@pytest.fixture(scope="module", autouse=True)
def products(backend: dict[str, str]) -> Iterator[None]:
    """Forty thousand products, in a database of their own."""
    with own_database(backend):
        migrate.upgrade()
        fill(ADMIN, PRODUCTS, analyzed=("products",))
        yield


def page(filters: Filters, after: UUID | None = None) -> tuple[list[str], Nodes]:
    """Ask for a page; return its SKUs, and the nodes of the plans that PostgreSQL made for it."""
    with statements() as sent:
        items, _ = service.page(filters, 50, after)
    assert skipped(sent) == 0
    return [item.sku for item in items], [node for each in sent for node in explain(*each)]


def indexes(nodes: Nodes) -> set[str]:
    """Return the indexes that were used; nothing may be read without one."""
    assert not any(node["Node Type"] == "Seq Scan" for node in nodes)
    return {node["Index Name"] for node in nodes if "Index Name" in node}


def priced(lowest: int | None, highest: int | None = None, **texts: Any) -> Filters:
    """Narrow the list to prices; `texts` narrow it further."""
    prices = [None if price is None else Decimal(price) for price in (lowest, highest)]
    return Filters(min_price=prices[0], max_price=prices[1], **texts)


def test_a_page_reads_its_own_rows_and_none_that_was_deleted() -> None:
    skus, plan = page(Filters())
    assert skus == [str(n) for n in range(40_000, 39_950, -1)]
    assert (rows_read(plan), indexes(plan)) == (51, {ALL})


@pytest.mark.parametrize(
    "filters",
    [Filters(), Filters(brand="BRAND"), Filters(name="anvil"), priced(0, 999)],
    ids=["nothing", "brand", "name", "prices"],
)
def test_a_page_far_down_reads_as_many_rows_as_the_first(filters: Filters) -> None:
    after: UUID | None = None
    for _ in range(20):
        _, after = service.page(filters, 200, after)
    skus, plan = page(filters, after)
    assert skus == [str(n) for n in range(36_000, 35_950, -1)]
    assert (rows_read(plan), indexes(plan)) == (51, {ALL})


@pytest.mark.parametrize(
    ("filters", "matching", "index"),
    [
        (Filters(brand="VINTAGE"), 2000, BRAND),
        (Filters(brand="rare"), 20, BRAND),
        (Filters(brand="nobody"), 0, BRAND),
        (Filters(name="vintage"), 2000, NAME),
        (Filters(name="Rare"), 20, NAME),
        (Filters(name="nothing"), 0, NAME),
        (priced(60_000), 2000, PRICE),
        (priced(61_990), 11, PRICE),
        (priced(70_000), 0, PRICE),
        (priced(None, -1), 0, PRICE),
        (priced(50_000, 50_000), 20, PRICE),
        (priced(1_000, 49_999), 0, PRICE),
    ],
    ids=str,
)
def test_what_is_old_or_rare_is_gathered_from_its_own_index(
    filters: Filters, matching: int, index: str
) -> None:
    skus, plan = page(filters)
    assert len(skus) == min(matching, 50)
    assert indexes(plan) == {ALL, index, "products_pkey"}
    (gathered,) = [node for node in plan if node.get("Index Name") == index]
    assert column(index) in gathered["Index Cond"]
    assert rows_read([gathered]) == matching
    # The walk before, and afterwards the rows of the page.
    assert rows_read(plan) <= listing.WALKS[0] + matching + 2 * 51


def column(index: str) -> str:
    """Return the column that an index begins with."""
    return index.removeprefix("products_").removesuffix("_id_idx")


@pytest.mark.parametrize(
    "filters", [Filters(brand="gone"), Filters(name="gone"), priced(90_000)], ids=str
)
def test_what_was_deleted_is_not_even_in_the_index(filters: Filters) -> None:
    skus, plan = page(filters)
    assert (skus, rows_read(plan)) == ([], listing.WALKS[0])


def test_what_is_neither_common_nor_rare_is_walked_to() -> None:
    skus, plan = page(Filters(brand="brand 07"))
    assert skus == [str(n) for n in range(39_907, 34_907, -100)]
    assert indexes(plan) == {ALL}
    assert rows_read(plan) == listing.WALKS[0] + 40_000 - 34_906


@pytest.mark.parametrize(
    ("filters", "found", "read"),
    [
        (priced(60_000, brand="Vintage"), 50, 2000),
        (priced(61_999, brand="Vintage"), 2, 2000),
        (priced(None, 59_999, brand="Vintage"), 0, 2000),
        (priced(60_000, brand="Brand 07"), 0, 380),
        (priced(60_000, name="Anvil 39"), 0, 1111),
        (Filters(brand="Rare", name="Vintage"), 0, 20),
    ],
    ids=str,
)
def test_of_filters_together_the_index_that_has_fewest_rows_is_read(
    filters: Filters, found: int, read: int
) -> None:
    skus, plan = page(filters)
    assert len(skus) == found
    assert indexes(plan) & {BRAND, NAME, PRICE}
    assert rows_read(plan) <= listing.WALKS[0] + read + 2 * 51


@pytest.mark.parametrize("kind", ["brand", "name"])
def test_an_index_that_finds_a_text_knows_the_prices_too(kind: str) -> None:
    texts: dict[str, Any] = {kind: "vintage"}
    _, plan = page(priced(0, 59_999, **texts))
    (gathered,) = [node for node in plan if node.get("Index Name") in {BRAND, NAME}]
    assert (gathered["Node Type"], gathered["Heap Fetches"]) == ("Index Only Scan", 0)


@pytest.mark.parametrize("kind", ["brand", "name"])
@pytest.mark.parametrize(
    ("prefix", "found"),
    [("100%", "100% wool"), ("A_", "a_b"), ("back\\", "back\\slash"), ("%", None), ("_", None)],
)
def test_signs_of_a_prefix_stand_for_themselves_in_the_index_too(
    kind: str, prefix: str, found: str | None
) -> None:
    texts: dict[str, Any] = {kind: prefix}
    filters = priced(None, **texts)
    items, _ = service.page(filters, 50, None)
    assert [getattr(item, kind) for item in items] == ([found] if found else [])
    _, plan = page(filters)
    (gathered,) = [node for node in plan if node.get("Index Name") in {BRAND, NAME}]
    assert rows_read([gathered]) == len(items)


@pytest.mark.parametrize(
    ("filters", "skus"),
    [
        (Filters(brand="vintage"), range(2_000, 0, -1)),
        (Filters(brand="brand 07"), range(39_907, 2_106, -100)),
        (priced(50_000, 61_000), [*range(2_020, 2_000, -1), *range(1_000, 0, -1)]),
    ],
    ids=["old", "sparse", "prices"],
)
def test_pages_hold_every_product_once_however_each_is_found(
    filters: Filters, skus: Iterable[int]
) -> None:
    found, after = service.page(filters, 50, None)
    while after:
        items, after = service.page(filters, 50, after)
        found += items
    assert [item.sku for item in found] == [str(n) for n in skus]
