"""PATCH /v1/products/{sku}: change a product, from the version that was read."""

from aws_lambda_powertools.event_handler import Response

from fragua.api import Api, IfMatch, Spelt, UserId
from fragua.catalog import service
from fragua.catalog.schemas import Product, ProductChange
from fragua.preconditions import etag

api = Api()


@api.patch(
    "/v1/products/<sku>",
    spelt=True,
    summary="Change a product",
    tags=["catalog"],
    problems=(400, 403, 404, 412, 415, 428),
)
def update_product(
    sku: Spelt, body: ProductChange, user: UserId, if_match: IfMatch = None
) -> Response[Product]:
    product = service.change(user, sku, body, if_match)
    return Response(200, "application/json", product, {"etag": etag(product.version)})


handler = api.handler
