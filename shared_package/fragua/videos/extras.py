"""What the deployment gives every video: a mark in its corner, clips before and after it.

They lie in the folder `assets/` of the default bucket, and settings name them. One that is missing
or broken is not the fault of whoever sent a video: that waits, and whoever runs this hears of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fragua.errors import Refusal, Retry
from fragua.settings import settings
from fragua.videos import layout
from fragua.videos.studio import Clip, Source, Studio

# Brings the object of a key to a path.
Fetch = Callable[[str, Path], None]


@dataclass(frozen=True)
class Extras:
    """Those that there are, looked at."""

    intro: Clip | None
    watermark: Path | None
    outro: Clip | None

    @classmethod
    def fetch(cls, studio: Studio, fetch: Fetch) -> Extras:
        """Fetch them, and see that each can be shown; `Retry` where one can't."""

        def looked_at(name: str, key: str, demuxer: str) -> Clip | None:
            if not key:
                return None
            path = studio.folder / name
            fetch(key, path)
            try:
                return studio.look(Source(path, demuxer, settings().video_seconds))
            except Refusal as refusal:
                raise Retry(f"{key} can't be shown: {refusal.reason}") from refusal

        mark = looked_at("watermark", settings().video_watermark_key, "png_pipe")
        return cls(
            looked_at("intro", settings().video_intro_key, "mov"),
            mark.source.path if mark else None,
            looked_at("outro", settings().video_outro_key, "mov"),
        )

    def around(self, clip: Path, studio: Studio, frame: tuple[int, int]) -> Path:
        """Put a rendition between the two clips, brought into its frame; return the whole."""
        made = [
            studio.render(one, f"{one.source.path.name}.mp4", layout.within(frame, one.shape))
            if isinstance(one, Clip)
            else one
            for one in (self.intro, clip, self.outro)
            if one
        ]
        return studio.join(made, "whole.mp4")
