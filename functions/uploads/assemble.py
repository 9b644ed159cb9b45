"""From the assembly queue: `{"owner_id": ..., "upload_id": ...}`, an upload to be made a file."""

from uuid import UUID

from fragua.uploads import assembly
from fragua.worker import Message, queue_handler


def assemble(message: Message) -> None:
    assembly.assemble(UUID(message["owner_id"]), UUID(message["upload_id"]))


handler = queue_handler(assemble)
