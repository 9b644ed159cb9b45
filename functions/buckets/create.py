"""POST /v1/buckets: a bucket of one's own."""

from fragua.api import Api, Repeatable, UserId
from fragua.buckets import service
from fragua.buckets.schemas import Bucket, NewBucket

api = Api()


@api.post(
    "/v1/buckets",
    status=201,
    summary="Create a bucket",
    tags=["buckets"],
    repeatable=True,
    problems=(400, 404, 409, 415),
)
def create(body: NewBucket, user: UserId, once: Repeatable) -> Bucket:
    return service.create(user, body.name, once)


handler = api.handler
