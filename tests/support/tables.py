"""Items in DynamoDB, edited past the product: to let time pass, or to leave something undone."""

from __future__ import annotations

from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from fragua import aws, dynamodb
from fragua.settings import settings
from fragua.uploads import store
from tests.support.backend import Client


def change(table: str, key: dict[str, Any], **values: Any) -> None:
    """Set attributes of one item."""
    text = ", ".join(f"#{name} = :{name}" for name in values)
    assert dynamodb.update(table, key, f"SET {text}", **values)


def age(client: Client, upload: dict[str, Any], **values: Any) -> None:
    """Set attributes of an upload, above all its times (seconds since 1970)."""
    key = {"owner_id": client.user_id, "upload_id": upload["id"]}
    change(settings().uploads_table, key, **values)


def nothing_due() -> None:
    """Let the sweeper find nothing of what other tests have left."""
    for shard in store.SHARDS:
        while found := store.due(shard, 100):
            for owner_id, upload_id in found:
                key = {"owner_id": owner_id, "upload_id": upload_id}
                dynamodb.update(settings().uploads_table, key, "REMOVE #sweep_shard, #due_at")


def committed(client: Client) -> int:
    """Return the quota that an account has in use."""
    item = dynamodb.get(settings().accounts_table, {"user_id": client.user_id})
    assert item
    return int(item["committed"])


def guards() -> dict[str, dict[str, Any]]:
    """Return all items of the guards' table by their keys."""
    answer = aws.client("dynamodb").scan(TableName=settings().guards_table)
    read = TypeDeserializer().deserialize
    items = [{name: read(value) for name, value in item.items()} for item in answer["Items"]]
    return {item["guard"]: item for item in items}
