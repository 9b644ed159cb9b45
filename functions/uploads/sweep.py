"""Once a minute: expire uploads, send lost assembly messages again, drop what ended ones left."""

from fragua.uploads import sweeper
from fragua.worker import schedule_handler


def sweep() -> dict[str, int]:
    return {"mended": sweeper.sweep()}


handler = schedule_handler(sweep)
