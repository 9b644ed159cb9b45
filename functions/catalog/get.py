"""GET /v1/products/{sku}: one product; whoever looks at it without an account is counted."""

from aws_lambda_powertools.event_handler import Response

from fragua import robots
from fragua.api import Anonymous, Api, Spelt, UserAgent
from fragua.catalog import service, views
from fragua.catalog.schemas import Product
from fragua.preconditions import etag

api = Api()


@api.get(
    "/v1/products/<sku>", spelt=True, summary="Get a product", tags=["catalog"], problems=(404,)
)
def get_product(
    sku: Spelt, anonymous: Anonymous, user_agent: UserAgent = None
) -> Response[Product]:
    product = service.get(sku)
    if anonymous and not robots.declared(user_agent):
        views.tell(product.sku)
    return Response(200, "application/json", product, {"etag": etag(product.version)})


handler = api.handler
