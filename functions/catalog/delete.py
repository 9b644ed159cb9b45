"""DELETE /v1/products/{sku}: a product's end; its history and views stay."""

from fragua.api import Api, IfMatch, Spelt, UserId
from fragua.catalog import service

api = Api()


@api.delete(
    "/v1/products/<sku>",
    spelt=True,
    status=204,
    summary="Delete a product",
    tags=["catalog"],
    problems=(403, 404, 412),
)
def delete_product(sku: Spelt, user: UserId, if_match: IfMatch = None) -> None:
    service.delete(user, sku, if_match)


handler = api.handler
