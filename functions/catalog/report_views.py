"""GET /v1/reports/product-views: how often products were looked at, by day."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from fragua.api import Api, Cursor, Limit
from fragua.catalog import views
from fragua.catalog.schemas import Day, ViewsReport
from fragua.schemas import decode_text_cursor, encode_cursor

api = Api()


@api.get(
    "/v1/reports/product-views",
    summary="Report the views of products",
    tags=["catalog"],
    problems=(403,),
)
def report_views(
    begin: Annotated[Day | None, Query(alias="from", description="The first day.")] = None,
    end: Annotated[Day | None, Query(alias="to", description="The day after the last.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ViewsReport:
    items, following = views.report(begin, end, limit, decode_text_cursor(cursor))
    return ViewsReport(items=items, next_cursor=encode_cursor(following))


handler = api.handler
