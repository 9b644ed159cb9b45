"""Products as they cross HTTP."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field

from fragua.catalog import skus
from fragua.catalog.currencies import CURRENCIES
from fragua.images.service import Picture
from fragua.schemas import Answer, BodyId, LeftOut, Request, Time, printable, visible

# Pictures of one product.
_PICTURES = 20

_AMOUNT = r"^[0-9]{1,12}\.[0-9]{2}$"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _currency(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError("is not a currency's code in ISO 4217")
    return code


def _each_once(ids: list[UUID]) -> list[UUID]:
    if len(set(ids)) < len(ids):
        raise ValueError("must name each file once")
    return ids


def _day(text: Any) -> Any:
    # Pydantic would take seconds since 1970 as well, and some other ways to write a date.
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise ValueError("must be a date such as 2026-11-20")
    return text


Sku = Annotated[str, Field(max_length=skus.LONGEST), AfterValidator(skus.judged)]
ProductName = Annotated[
    str, Field(min_length=1, max_length=255), AfterValidator(printable), AfterValidator(visible)
]
Currency = Annotated[str, Field(min_length=3, max_length=3), AfterValidator(_currency)]
Amount = Annotated[str, Field(pattern=_AMOUNT)]
ImageFileIds = Annotated[list[BodyId], Field(max_length=_PICTURES), AfterValidator(_each_once)]
# A bound of prices, as a query has it: whatever the currency.
Bound = Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,2})?$")]
Day = Annotated[dt.date, BeforeValidator(_day)]


class Price(Request):
    """Money: an amount with two decimals, as text, and the currency's code in ISO 4217."""

    amount: Amount
    currency: Currency

    @property
    def number(self) -> Decimal:
        """The amount to calculate with."""
        return Decimal(self.amount)


class NewProduct(Request):
    """A product to be made."""

    sku: Sku
    name: ProductName
    brand: ProductName
    price: Price
    image_file_ids: ImageFileIds = Field(default_factory=list)


class ProductChange(Request):
    """Fields of a product; what is left out stays. Its SKU is what it is."""

    # Left out is not null: the defaults are never used, and the document shows none.
    name: Annotated[ProductName, Field(default_factory=str)]
    brand: Annotated[ProductName, Field(default_factory=str)]
    price: Annotated[Price, Field(default_factory=lambda: Price(amount="0.00", currency="EUR"))]
    image_file_ids: Annotated[ImageFileIds, Field(default_factory=list)]


class ShownPrice(Answer):
    """Money: an amount with two decimals, as text, and the currency's code in ISO 4217."""

    amount: str
    currency: str


class Product(Answer):
    """A product; `images` are those of its pictures that are ready, with their thumbnails.

    Where there are none, the field is left out.
    """

    sku: str
    name: str
    brand: str
    price: ShownPrice
    image_file_ids: list[UUID]
    images: LeftOut[list[Picture]] = None
    created_by: UUID
    updated_by: UUID
    created_at: Time
    updated_at: Time
    version: int


class ProductPage(Answer):
    """A page of products, newest first; `images` has the first picture of each alone."""

    items: list[Product]
    next_cursor: str | None


class Change(Answer):
    """One change of a product; `changes` has the value before and after of each field."""

    changed_by: UUID
    changed_at: Time
    action: Literal["created", "updated", "deleted"]
    changes: dict[str, tuple[Any, Any]]


class History(Answer):
    """A page of a SKU's changes, newest first."""

    items: list[Change]
    next_cursor: str | None


class DayOfViews(Answer):
    """How often a product was looked at on a day (UTC)."""

    sku: str
    day: dt.date
    views: int


class ViewsReport(Answer):
    """A page of views by day, the latest day first."""

    items: list[DayOfViews]
    next_cursor: str | None
