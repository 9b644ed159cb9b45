"""From the renditions queue: `{"video_id": ...}`, a video that is to be made."""

from uuid import UUID

from fragua.videos import rendering
from fragua.worker import Message, queue_handler


def render(message: Message) -> None:
    rendering.render(UUID(message["video_id"]))


handler = queue_handler(render)
