"""HEAD /v1/products/{sku}: whether there is a product, and its version; counts no view."""

from aws_lambda_powertools.event_handler import Response

from fragua.api import Api
from fragua.catalog import service
from fragua.catalog.schemas import Product
from fragua.preconditions import etag

api = Api()


@api.head(
    "/v1/products/<sku>",
    spelt=True,
    summary="Look for a product",
    tags=["catalog"],
    problems=(404,),
)
def head_product(sku: str) -> Response[Product]:
    product = service.get(sku)
    return Response(200, "application/json", product, {"etag": etag(product.version)})


handler = api.handler
