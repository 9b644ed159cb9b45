"""What functions ask for, counted as AWS bills it: requests, DynamoDB's units, SQL statements."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import sqlalchemy as sa

from fragua import aws
from fragua.database import engine
from fragua.settings import settings
from tests.support.backend import recorder
from tests.support.steps import CLIENTS

# (function, what): how many.
Asked = dict[tuple[str, str], float]

_READ_UNIT, _WRITE_UNIT = 4096, 1024


class _Count:
    """Hears of each request and statement, while a function runs."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    def _note(self, what: str, number: float) -> None:
        if recorder.function and number:
            with self._lock:
                # Half a unit is the least there is.
                self.seen[recorder.function, what] += round(2 * number)

    def before(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        """Remember what is asked until it is answered."""
        context["asked"] = params

    def after(self, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        """Count a request that was answered."""
        service = model.service_model.service_name
        self._note(f"{service}:{model.name}", 1)
        if service == "dynamodb":
            self._note("reads", _reads(model.name, context["asked"], parsed))
            self._note("writes", _writes(model.name, context["asked"]))

    def statement(self, *_: Any) -> None:
        """Count a statement of SQL."""
        self._note("statements", 1)


@contextmanager
def counted() -> Iterator[Asked]:
    """Count what the functions of the block ask for; it can be read after the block."""
    count, seen = _Count(), Asked()
    buses = [aws.client(service, patience).meta.events for service, patience in CLIENTS]
    for bus in buses:
        bus.register("provide-client-params.*.*", count.before)
        bus.register("after-call.*.*", count.after)
    sa.event.listen(engine.engine(), "before_cursor_execute", count.statement)
    try:
        yield seen
    finally:
        sa.event.remove(engine.engine(), "before_cursor_execute", count.statement)
        for bus in buses:
            bus.unregister("provide-client-params.*.*", count.before)
            bus.unregister("after-call.*.*", count.after)
        seen.update({what: number / 2 for what, number in count.seen.items()})


def _reads(operation: str, asked: dict[str, Any], answer: dict[str, Any]) -> float:
    """Units of 4 KB, rounded up for each item, or for all that a query reads."""
    if operation == "GetItem":
        return _halved(asked, [answer.get("Item", {})])
    if operation == "BatchGetItem":
        return sum(len(table["Keys"]) for table in asked["RequestItems"].values())
    if operation == "Query":
        return _halved(asked, answer["Items"])
    return 0


def _halved(asked: dict[str, Any], items: list[dict[str, Any]]) -> float:
    units = max(1, -(-sum(map(size, items)) // _READ_UNIT))
    return units if asked.get("ConsistentRead") else units / 2


def size(item: dict[str, Any]) -> int:
    """Bytes of an item, rather too many: JSON is longer than what DynamoDB keeps."""
    return sum(len(name) + len(json.dumps(next(iter(v.values())))) for name, v in item.items())


def _writes(operation: str, asked: dict[str, Any]) -> int:
    """Units of 1 KB, twice in a transaction; and one for each change of a place in an index."""
    if operation == "TransactWriteItems":
        actions = [action for item in asked["TransactItems"] for action in item.values()]
        return sum(2 * _units(action) + _places(action) for action in actions)
    if operation in {"PutItem", "UpdateItem"}:
        return _units(asked) + _places(asked)
    return 0


def _units(action: dict[str, Any]) -> int:
    # An update's item is not seen here; `largest` is for those that are kept.
    return -(-size(action.get("Item", {"": {"S": ""}})) // _WRITE_UNIT)


def _places(action: dict[str, Any]) -> int:
    """Places in the index of what is due: a new one, or the old one too, or none any more."""
    if action["TableName"] != settings().uploads_table:
        return 0
    if "due_at" in action.get("Item", {}):
        return 1
    change = action.get("UpdateExpression", "")
    kept, _, removed = change.partition("REMOVE")
    return 2 * ("#due_at" in kept) + ("#due_at" in removed)


def largest(table: str, key: str, value: str) -> int:
    """Return the bytes of the largest item of a table whose attribute `key` has that value."""
    answer = aws.client("dynamodb").query(
        TableName=table,
        KeyConditionExpression="#key = :value",
        ExpressionAttributeNames={"#key": key},
        ExpressionAttributeValues={":value": {"S": value}},
    )
    return max(map(size, answer["Items"]))
