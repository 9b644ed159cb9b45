"""GET /v1/users: everybody, newest first."""

from fragua.accounts import administration
from fragua.accounts.schemas import UserPage
from fragua.api import Api, Cursor, Limit, Prefix
from fragua.schemas import decode_cursor, encode_cursor

api = Api()


@api.get("/v1/users", summary="List users", tags=["accounts"], problems=(403,))
def list_users(
    email: Prefix = None,
    role: Prefix = None,
    plan: Prefix = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> UserPage:
    filters = administration.Filters(email, role, plan)
    items, following = administration.page(filters, limit, decode_cursor(cursor))
    return UserPage(items=items, next_cursor=encode_cursor(following))


handler = api.handler
