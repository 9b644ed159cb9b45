"""From the thumbnails queue: `{"file_id": ...}`, a new picture; `{"plan": ...}`, a changed plan.

With an `owner_id` beside the plan, it is an account's own plan that changed.
"""

from uuid import UUID

from fragua.images import making
from fragua.worker import Message, log, queue_handler


def make_thumbnails(message: Message) -> None:
    if "file_id" in message:
        making.make(UUID(message["file_id"]))
    elif "plan" in message:
        after, owner = (_id(message.get(name)) for name in ("after", "owner_id"))
        making.catch_up(message["plan"], after, owner)
    else:
        # An event of the store's, say: what it names is none of our pictures.
        log.warning("not a message of ours")


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None


handler = queue_handler(make_thumbnails)
