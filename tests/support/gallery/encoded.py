"""Pictures as Pillow writes them."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """Encode a picture; `kind` and options are Pillow's."""
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()
