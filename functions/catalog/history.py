"""GET /v1/products/{sku}/history: who changed what, newest first; of deleted products, too."""

from fragua.api import Api, Cursor, Limit, Spelt
from fragua.catalog import history
from fragua.catalog.schemas import History
from fragua.schemas import decode_cursor, encode_cursor

api = Api()


@api.get(
    "/v1/products/<sku>/history",
    spelt=True,
    summary="List the changes of a product",
    tags=["catalog"],
    problems=(403, 404),
)
def list_history(sku: Spelt, limit: Limit = 50, cursor: Cursor = None) -> History:
    items, following = history.page(sku, limit, decode_cursor(cursor))
    return History(items=items, next_cursor=encode_cursor(following))


handler = api.handler
