"""From the thumbnails queue: `{"file_id": ...}`, a new picture; `{"plan": ...}`, a changed plan."""

from uuid import UUID

from fragua.images import making
from fragua.worker import Message, log, queue_handler


def make_thumbnails(message: Message) -> None:
    if "file_id" in message:
        making.make(UUID(message["file_id"]))
    elif "plan" in message:
        after = message.get("after")
        making.catch_up(message["plan"], UUID(after) if after else None)
    else:
        # An event of the store's, say: what it names is none of our pictures.
        log.warning("not a message of ours")


handler = queue_handler(make_thumbnails)
