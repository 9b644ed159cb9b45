"""From the dead letters of the assembly queue: the last try for an upload, then it has failed."""

from uuid import UUID

from fragua.uploads import assembly
from fragua.worker import Message, queue_handler


def give_up(message: Message) -> None:
    owner_id, upload_id = UUID(message["owner_id"]), UUID(message["upload_id"])
    assembly.assemble(owner_id, upload_id, last_try=True)


handler = queue_handler(give_up)
