"""DynamoDB in plain Python values: always consistent reads, conditions that answer yes or no."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from types import NoneType
from typing import Any
from uuid import UUID

from fragua import aws
from fragua.errors import Conflict, Refused, Unavailable

Item = dict[str, Any]

# A condition that failed, a transaction that did not happen, a write that met a transaction.
_CONDITION = "ConditionalCheckFailedException"
_CANCELLED = "TransactionCanceledException"
_CONFLICT = "TransactionConflictException"
_LOSSES = 6
# Seconds that the pause before another try grows by.
_PAUSE = 0.1


def attributes(item: Mapping[str, Any]) -> dict[str, Any]:
    """Turn plain values (UUID and float too) into DynamoDB's typed attributes."""
    return {name: _attribute(value) for name, value in item.items()}


# boto3's own serializer would bring all of boto3 into every cold start. A bool is an int, too, so
# it comes first; a float's shortest decimal text is what DynamoDB keeps anyway.
_WRITERS: tuple[tuple[Any, str, Callable[[Any], Any]], ...] = (
    (bool, "BOOL", bool),
    (NoneType, "NULL", lambda _: True),
    ((int, float), "N", repr),
    ((str, UUID), "S", str),
    (bytes, "B", bytes),
    (Mapping, "M", attributes),
    ((list, tuple), "L", lambda members: [_attribute(member) for member in members]),
)


def _attribute(value: Any) -> dict[str, Any]:
    for kinds, name, write in _WRITERS:
        if isinstance(value, kinds):
            return {name: write(value)}
    raise TypeError(f"DynamoDB keeps no {type(value).__name__}")


def plain(item: Mapping[str, Any]) -> Item:
    """Turn DynamoDB's typed attributes into plain values; numbers are int or float."""
    return {name: _value(attribute) for name, attribute in item.items()}


def _value(attribute: Mapping[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    return _READERS[kind](value) if kind in _READERS else value


_READERS: dict[str, Callable[[Any], Any]] = {
    "N": lambda text: int(text) if text.lstrip("-").isdigit() else float(text),
    "NULL": lambda _: None,
    "M": plain,
    "L": lambda members: [_value(member) for member in members],
}


def get(table: str, key: Item) -> Item | None:
    """Read one item, consistently."""
    answer = aws.call(
        "dynamodb", "get_item", TableName=table, Key=attributes(key), ConsistentRead=True
    )
    return plain(answer["Item"]) if "Item" in answer else None


def batch_get(keys: Mapping[str, Item]) -> dict[str, Item | None]:
    """Read one item of each of several tables in one request, consistently."""
    wanted = {t: {"Keys": [attributes(k)], "ConsistentRead": True} for t, k in keys.items()}
    answer = aws.call("dynamodb", "batch_get_item", RequestItems=wanted)
    if answer.get("UnprocessedKeys"):
        raise Unavailable("dynamodb")
    found = answer["Responses"]
    return {t: plain(found[t][0]) if found.get(t) else None for t in keys}


def expression(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Name the placeholders of an expression: `#name` is attribute `name`, `:x` is value `x`."""
    names = {f"#{word}": word for word in re.findall(r"#(\w+)", text)}
    used = set(re.findall(r":(\w+)", text))
    named = attributes({f":{word}": value for word, value in values.items() if word in used})
    arguments: dict[str, Any] = {}
    if names:
        arguments["ExpressionAttributeNames"] = names
    if named:
        arguments["ExpressionAttributeValues"] = named
    return arguments


def update_action(
    table: str, key: Item, change: str, condition: str = "", **values: Any
) -> dict[str, Any]:
    """Describe an update for `update` or, as {"Update": ...}, for `transact`."""
    action = {"TableName": table, "Key": attributes(key), "UpdateExpression": change}
    if condition:
        action["ConditionExpression"] = condition
    return action | expression(f"{change} {condition}", values)


def put_action(table: str, item: Item, condition: str = "", **values: Any) -> dict[str, Any]:
    """Describe a put for `put` or, as {"Put": ...}, for `transact`."""
    action: dict[str, Any] = {"TableName": table, "Item": attributes(item)}
    if condition:
        action["ConditionExpression"] = condition
    return action | expression(condition, values)


def update(table: str, key: Item, change: str, condition: str = "", **values: Any) -> Item | None:
    """Change one item and return all of it, or None when the condition did not hold."""
    action = update_action(table, key, change, condition, **values)
    try:
        answer = _send("update_item", ReturnValues="ALL_NEW", **action)
    except Refused as error:
        if error.code == _CONDITION:
            return None
        raise
    return plain(answer["Attributes"])


def change(table: str, key: Item, change: str, condition: str = "", **values: Any) -> bool:
    """Change one item, of which nothing is read; False when the condition did not hold."""
    return _done("update_item", update_action(table, key, change, condition, **values))


def put(table: str, item: Item, condition: str = "", **values: Any) -> bool:
    """Write one item; False when the condition did not hold for what was there."""
    return _done("put_item", put_action(table, item, condition, **values))


def _done(operation: str, action: dict[str, Any]) -> bool:
    try:
        _send(operation, **action)
    except Refused as error:
        if error.code == _CONDITION:
            return False
        raise
    return True


def delete(table: str, key: Item, condition: str = "", **values: Any) -> bool:
    """Delete one item, if it is there; False when the condition did not hold for it."""
    action: dict[str, Any] = {"TableName": table, "Key": attributes(key)}
    if condition:
        action |= {"ConditionExpression": condition, **expression(condition, values)}
    return _done("delete_item", action)


def transact(actions: Sequence[dict[str, Any]]) -> int | None:
    """Write all or nothing; return None when done, else the index of the first failed condition.

    Raises `Conflict` when it lost too many races against others.
    """
    try:
        _send("transact_write_items", TransactItems=list(actions))
    except Refused as error:
        if error.code == _CANCELLED:
            return _reasons(error).index("ConditionalCheckFailed")
        raise
    return None


def _send(operation: str, **arguments: Any) -> dict[str, Any]:
    """Send a write; again, after a pause, where it lost a race against a transaction.

    Raises `Conflict` when it lost again and again: nothing was written then.
    """
    for losses in range(_LOSSES):
        # The later, the longer, and never in step with the others.
        time.sleep(random.uniform(0, _PAUSE * losses))  # noqa: S311 - a pause is no secret
        try:
            return aws.call("dynamodb", operation, **arguments)
        except Refused as error:
            cancelled = error.code == _CANCELLED and "ConditionalCheckFailed" not in _reasons(error)
            if not cancelled and error.code != _CONFLICT:
                raise
    raise Conflict("dynamodb")


def _reasons(error: Refused) -> list[str]:
    return [reason.get("Code", "") for reason in error.response.get("CancellationReasons", [])]


def query(table: str, condition: str, **options: Any) -> tuple[list[Item], Item | None]:
    """Read one page by a key condition; return its items and the key to go on from.

    `options` are `values` (for the expression), `filter`, `index`, `limit`, `start`, `forward`,
    `only` (the attributes to read).
    """
    text, values = condition, options.get("values", {})
    arguments: dict[str, Any] = {"TableName": table, "KeyConditionExpression": condition}
    if options.get("filter"):
        arguments["FilterExpression"] = options["filter"]
        text += " " + options["filter"]
    if options.get("only"):
        arguments["ProjectionExpression"] = ", ".join(f"#{name}" for name in options["only"])
        text += " " + arguments["ProjectionExpression"]
    if options.get("index"):
        arguments["IndexName"] = options["index"]
    else:
        arguments["ConsistentRead"] = True
    if options.get("limit"):
        arguments["Limit"] = options["limit"]
    if options.get("start"):
        arguments["ExclusiveStartKey"] = attributes(options["start"])
    arguments["ScanIndexForward"] = options.get("forward", True)
    answer = aws.call("dynamodb", "query", **arguments, **expression(text, values))
    last = answer.get("LastEvaluatedKey")
    return [plain(item) for item in answer["Items"]], plain(last) if last else None
