"""HEAD /v1/products/{sku}: whether there is a product, and its version; counts no view."""

from aws_lambda_powertools.event_handler import Response

from fragua.api import Api, Spelt
from fragua.catalog import service
from fragua.preconditions import etag

api = Api()


@api.head(
    "/v1/products/<sku>",
    spelt=True,
    summary="Look for a product",
    tags=["catalog"],
    problems=(404,),
)
def head_product(sku: Spelt) -> Response[None]:
    return Response(200, "application/json", headers={"etag": etag(service.version(sku))})


handler = api.handler
