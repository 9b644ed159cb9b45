"""GET /v1/openapi.json: the OpenAPI document of the whole API, as `make openapi` wrote it."""

from pathlib import Path

from aws_lambda_powertools.event_handler import Response

from fragua.api import Api

api = Api()
DOCUMENT = Path(__file__).with_name("openapi.json")


@api.get("/v1/openapi.json", summary="Get this document", tags=["service"])
def openapi() -> Response[str]:
    return Response(200, "application/json", DOCUMENT.read_text(), {"cache-control": "max-age=300"})


handler = api.handler
