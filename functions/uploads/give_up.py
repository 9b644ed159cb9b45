"""From the dead letters of the assembly queue: an upload whose tries are used up."""

from uuid import UUID

from fragua.uploads import assembly
from fragua.worker import Message, queue_handler


def give_up(message: Message) -> None:
    assembly.give_up(UUID(message["owner_id"]), UUID(message["upload_id"]))


handler = queue_handler(give_up)
