"""GET /v1/plans: what accounts may use."""

from fragua.accounts import service
from fragua.accounts.schemas import PlanList
from fragua.api import Api

api = Api()


@api.get("/v1/plans", summary="List the plans", tags=["accounts"])
def list_plans() -> PlanList:
    return PlanList(items=service.list_plans())


handler = api.handler
