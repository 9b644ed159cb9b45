"""GET /v1/plans: what accounts may use, by name."""

from fragua.accounts import plans
from fragua.accounts.schemas import PlanList
from fragua.api import Api, Cursor, Limit
from fragua.schemas import decode_text_cursor, encode_cursor

api = Api()


@api.get("/v1/plans", summary="List the plans", tags=["accounts"])
def list_plans(limit: Limit = 50, cursor: Cursor = None) -> PlanList:
    items, following = plans.page(limit, decode_text_cursor(cursor))
    return PlanList(items=items, next_cursor=encode_cursor(following))


handler = api.handler
