"""GET /docs: the OpenAPI document as a page to read and try."""

from aws_lambda_powertools.event_handler import Response

from fragua import docs
from fragua.api import Api

api = Api()


@api.get(
    "/docs",
    media_type="text/html",
    summary="Read the documentation",
    tags=["service"],
)
def page() -> Response[str]:
    headers = {"cache-control": "max-age=300", "content-security-policy": docs.policy()}
    return Response(200, "text/html; charset=utf-8", docs.page(), headers)


handler = api.handler
