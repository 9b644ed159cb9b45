"""POST /v1/files/{file_id}/links: a temporary link, for whoever has its token."""

from fragua.api import Api, BaseUrl, Id, Repeatable, UserId
from fragua.files import links
from fragua.files.schemas import CreatedLink, NewLink

api = Api()


@api.post(
    "/v1/files/<file_id>/links",
    status=201,
    summary="Create a temporary link",
    tags=["files"],
    repeatable=True,
    problems=(400, 403, 404, 409, 415),
)
def create_link(
    file_id: Id, body: NewLink, user: UserId, base_url: BaseUrl, once: Repeatable
) -> CreatedLink:
    return links.create(user, file_id, body, base_url, once)


handler = api.handler
