"""GET /v1/public/rankings: who has how many votes, most first."""

from fragua.api import Api, Cursor, Limit, Prefix
from fragua.schemas import decode_text_cursor, encode_cursor
from fragua.videos import rankings
from fragua.videos.schemas import Rankings

api = Api()


@api.get("/v1/public/rankings", summary="List the ranking", tags=["videos"])
def list_rankings(city: Prefix = None, limit: Limit = 50, cursor: Cursor = None) -> Rankings:
    after = rankings.Place.read(decode_text_cursor(cursor))
    items, following = rankings.page(city, limit, after)
    cursor = encode_cursor(following.write() if following else None)
    return Rankings(items=items, next_cursor=cursor)


handler = api.handler
