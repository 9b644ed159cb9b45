"""POST /v1/products: a new product."""

from aws_lambda_powertools.event_handler import Response

from fragua.api import Api, Repeatable, UserId
from fragua.catalog import service
from fragua.catalog.schemas import NewProduct, Product
from fragua.preconditions import etag

api = Api()


@api.post(
    "/v1/products",
    status=201,
    summary="Create a product",
    tags=["catalog"],
    repeatable=True,
    problems=(400, 403, 404, 409, 415),
)
def create_product(body: NewProduct, user: UserId, once: Repeatable) -> Response[Product]:
    product = service.create(user, body, once)
    return Response(201, "application/json", product, {"etag": etag(product.version)})


handler = api.handler
