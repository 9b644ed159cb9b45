"""DELETE /v1/links/{link}: end a link at once, named by its id or by its token."""

from fragua.api import Api, UserId
from fragua.files import links

api = Api()


@api.delete(
    "/v1/links/<link_id>", status=204, summary="Revoke a link", tags=["files"], problems=(404,)
)
def revoke_link(link_id: str, user: UserId) -> None:
    links.revoke(user, link_id)


handler = api.handler
