"""PATCH /v1/plans/{name}: change a plan, for everybody who is on it."""

from fragua.accounts import plans
from fragua.accounts.schemas import Plan, PlanChange, PlanName
from fragua.api import Api

api = Api()


@api.patch(
    "/v1/plans/<name>",
    summary="Change a plan",
    tags=["accounts"],
    problems=(400, 403, 404, 415),
)
def update_plan(name: PlanName, body: PlanChange) -> Plan:
    return plans.change(name, body)


handler = api.handler
