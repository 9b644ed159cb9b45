"""From the notifications queue: `{"history_id": ...}`, a product was changed."""

from uuid import UUID

from fragua.notifications import service
from fragua.worker import Message, queue_handler


def tell_admins(message: Message) -> None:
    service.tell_admins(UUID(message["history_id"]))


handler = queue_handler(tell_admins)
