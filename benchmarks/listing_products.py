"""Products of five thousand brands, some of them long gone: GET /v1/products."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from benchmarks.listing_pages import Ask
from fragua.catalog.service import Filters, page

EDITOR = UUID(int=1)
EDITORS = """
insert into users (id, email, email_key, password_hash, first_name, last_name, role, plan,
                   created_at)
values (:editor, 'a', 'a', '', 'A', 'B', 'admin', 'basic', now())
"""
# Ids are UUIDv7 of the row's own second; of eleven products one is deleted. Brands are made of
# syllables, and the n-th has 1/n of what the first has (8.6 %); prices are as many between 1 and 10
# as between 10 and 100, from 0.01 to 50,000. Unlike all others are the oldest twentieth, called
# Vintage, above 60,000, of twenty brands one after another; and of those the five oldest, called
# Rarity.
PRODUCTS = """
insert into products (id, sku, sku_key, name, name_key, brand, brand_key, price, currency,
                      created_by, updated_by, created_at, updated_at, deleted_at)
select id, 'SKU-' || n, 'sku-' || n, name, lower(name), brand, lower(brand), price, 'USD',
       :editor, :editor, made, made, case when n % 11 = 0 then made end
from (values (array['ka', 'lo', 'mi', 'ne', 'ru', 'so', 'ta', 'vi', 'wo', 'ze',
                    'ba', 'de', 'fi', 'go', 'hu', 'ja', 'li', 'mo', 'pe', 'qui'],
              array['Steel', 'Wooden', 'Red', 'Blue', 'Small', 'Large', 'Soft', 'Hard', 'Light',
                    'Dark', 'Quick', 'Slow', 'Warm', 'Cold', 'Round', 'Flat', 'Sharp', 'Plain',
                    'Fresh', 'Smart'])) as words(syllables, kinds),
     generate_series(1, :rows * 11 / 10) as n,
     lateral (select case when n <= 5 then 'Rarity' when n <= :rows / 20 then 'Vintage' end as age,
                     timestamptz '2026-01-01Z' + n * interval '1 s' as made,
                     random() as a, random() as b, random() as c, random() as d,
                     md5(n::text) as noise),
     lateral (select (lpad(to_hex(cast(extract(epoch from made) as bigint) * 1000), 12, '0')
                      || '7' || substr(noise, 1, 3) || '8' || substr(noise, 4, 15))::uuid as id,
                     cast(floor(power(5000, a)) as int) - 1 as rank),
     lateral (select coalesce(age || case age when 'Vintage' then ' ' || n / (:rows / 400) else ''
                              end, initcap(syllables[1 + rank % 20]
                     || syllables[1 + rank / 20 % 20] || syllables[1 + rank / 400])) as brand,
                     coalesce(age, kinds[1 + cast(floor(20 * b) as int)]) || ' '
                     || syllables[1 + cast(floor(20 * c) as int)] || ' ' || n as name,
                     case age when 'Rarity' then 100000 when 'Vintage' then 60000 + 30000 * d
                              else 0.01 * power(5e6, d) end as price)
"""


def fill(db: sa.Connection, rows: int) -> None:
    """Write `rows` products, and a tenth as many that are deleted."""
    db.execute(sa.text(EDITORS), {"editor": EDITOR})
    # The same products in each run.
    db.execute(sa.text("select setseed(0.5)"))
    db.execute(sa.text(PRODUCTS), {"editor": EDITOR, "rows": rows})


def asks(_rows: int) -> dict[str, Ask]:
    """The list with each filter, and some together."""
    filters = {
        "none": Filters(),
        "brand, 16 %": Filters(brand="Kaka"),
        "brand, 8 %, the first whole": Filters(brand="Kakaka"),
        "brand, 0.5 %": Filters(brand="Zelo"),
        "brand, 20 products": Filters(brand="Quijaze"),
        "brand, the oldest 5 %": Filters(brand="Vintage"),
        "brand, 2,500 of the oldest": Filters(brand="Vintage 3"),
        "brand, the 5 oldest": Filters(brand="Rarity"),
        "brand, none": Filters(brand="Nobody"),
        "name, 30 %": Filters(name="S"),
        "name, 5 %": Filters(name="Steel"),
        "name, 20 products": Filters(name="Steel ka 55"),
        "name, the oldest 5 %": Filters(name="Vintage"),
        "name, the 5 oldest": Filters(name="Rarity"),
        "name, none": Filters(name="Nothing"),
        **_of_prices(),
        **_together(),
    }
    return {name: partial(page, given) for name, given in filters.items()}


def _of_prices() -> dict[str, Filters]:
    return {
        "min_price, 40 %": _between(100),
        "min_price, 6 %": _between(40_000),
        "min_price, the oldest 5 %": _between(55_000),
        "min_price, the 5 oldest": _between(99_999),
        "min_price, none": _between(200_000),
        "max_price, 30 %": _between(None, 1),
        "max_price, 0.01 alone": _between(None, Decimal("0.01")),
        "max_price, none": _between(None, 0),
        "both prices, 45 %": _between(1, 1_000),
        "both prices, 0.3 %": _between(10, Decimal("10.5")),
        "both prices, one price": _between(10, 10),
        "both prices, 1,700 of the oldest": _between(70_000, 71_000),
        "both prices, none": _between(50_001, 59_999),
    }


def _together() -> dict[str, Filters]:
    return {
        "brand 26 %, prices 14 %": _between(100, 1_000, brand="K"),
        "brand 8 %, prices 0.3 %": _between(10, Decimal("10.5"), brand="Kakaka"),
        "brand 8 %, min_price, none of both": _between(55_000, brand="Kakaka"),
        "name 30 %, min_price, none of both": _between(55_000, name="S"),
        "brand 8 %, name 5 %": Filters("Kakaka", "Steel"),
        "brand 5 %, name 5 %": Filters("Lokaka", "Steel"),
        "brand 3 %, name 5 %": Filters("Nekaka", "Steel"),
        "brand 8 %, name 5 %, prices 0.5 %": _between(100, 110, "Kakaka", "Steel"),
        "brand 26 %, name, none of both": Filters("K", "Vintage"),
        "brand 8 %, name, none of both": Filters("Kakaka", "Steel ka 9999"),
        "brand, name, prices: oldest 5 %": _between(55_000, None, "Vintage", "Vintage"),
    }


def _between(
    lowest: int | None,
    highest: Decimal | int | None = None,
    brand: str | None = None,
    name: str | None = None,
) -> Filters:
    prices = (None if price is None else Decimal(price) for price in (lowest, highest))
    return Filters(brand, name, *prices)
