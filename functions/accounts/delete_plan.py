"""DELETE /v1/plans/{name}: delete a plan that nobody is on."""

from fragua.accounts import plans
from fragua.accounts.schemas import PlanName
from fragua.api import Api

api = Api()


@api.delete(
    "/v1/plans/<name>",
    status=204,
    summary="Delete a plan",
    tags=["accounts"],
    problems=(403, 404, 409),
)
def delete_plan(name: PlanName) -> None:
    plans.delete(name)


handler = api.handler
