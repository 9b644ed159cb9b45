"""GET /v1/health: the state of each dependency; 503 when one is down."""

from aws_lambda_powertools.event_handler import Response

from fragua import health
from fragua.api import Api
from fragua.health import Health

api = Api()


@api.get("/v1/health", summary="Check the service", tags=["service"], also={503: Health})
def check() -> Response[Health]:
    found = health.check()
    return Response(200 if found.status == "up" else 503, "application/json", found)


handler = api.handler
