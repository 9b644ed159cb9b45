"""Once a minute: expire uploads, send lost assembly messages again."""

from typing import Any

from fragua.uploads import sweeper


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    return {"mended": sweeper.sweep()}
