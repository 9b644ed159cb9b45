"""POST /v1/plans: a new plan."""

from fragua.accounts import plans
from fragua.accounts.schemas import NewPlan, Plan
from fragua.api import Api, Repeatable, UserId

api = Api()


@api.post(
    "/v1/plans",
    status=201,
    summary="Create a plan",
    tags=["accounts"],
    repeatable=True,
    problems=(400, 403, 404, 409, 415),
)
def create_plan(body: NewPlan, user: UserId, once: Repeatable) -> Plan:
    return plans.create(user, body, once)


handler = api.handler
