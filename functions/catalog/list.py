"""GET /v1/products: what is sold, newest first."""

from decimal import Decimal
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from fragua.api import Api, Cursor, Limit, Prefix
from fragua.catalog import service
from fragua.catalog.schemas import Bound, ProductPage
from fragua.schemas import decode_cursor, encode_cursor

api = Api()
Price = Annotated[Bound | None, Query(description="Inclusive, whatever the currency.")]


@api.get("/v1/products", summary="List products", tags=["catalog"])
def list_products(
    brand: Prefix = None,
    name: Prefix = None,
    min_price: Price = None,
    max_price: Price = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ProductPage:
    lowest, highest = (Decimal(text) if text else None for text in (min_price, max_price))
    filters = service.Filters(brand, name, lowest, highest)
    items, following = service.page(filters, limit, decode_cursor(cursor))
    return ProductPage(items=items, next_cursor=encode_cursor(following))


handler = api.handler
