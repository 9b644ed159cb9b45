"""Renditions by ffmpeg, of bytes that nobody vouches for: it sees one file, and little else.

The source is an open file that it inherits, and the only protocol that it may read is that one: a
playlist, or a file that refers to others, leads nowhere. What opens it is the demuxer of its
detected type, and only the decoders of `codecs` are there.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from fragua import confined, restraint
from fragua.errors import Retry
from fragua.videos import codecs, limits, streams
from fragua.videos.child import LATER
from fragua.videos.layout import Layout, Shape
from fragua.videos.limits import Limits
from fragua.videos.refusal import damaged, no_video, too_complex, unsupported
from fragua.videos.streams import Stream

log = logging.getLogger("fragua")

# Frames a second, at most; seconds of the whole, at most, are the caller's.
_RATE = 30
# One unit of time for all, so that renditions can be put together.
_TIMES = ("-video_track_timescale", "90000")
_PICTURE = (
    *("-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-crf", "23"),
    # What a phone's network carries, however busy the picture is.
    *("-maxrate", "2500k", "-bufsize", "5000k"),
    *_TIMES,
)
_SOUND = ("-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000")
# Places, cameras and names are nobody else's business; and whoever watches need not wait for the
# end of the file.
_CONTAINER = ("-map_metadata", "-1", "-map_chapters", "-1", "-movflags", "+faststart")
_STILL = ("-map", "[still]", "-frames:v", "1", "-update", "1", "-q:v", "4", "-map_metadata", "-1")
_SILENCE = ("-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo")
# Tells of streams and packets on the standard output.
_TOLD = ("-f", "framecrc", "-")
# Exit codes are the lower byte of ffmpeg's, which are errors of the system with a minus.
_FULL, _MEMORY, _TOO_BIG = (
    (-number) & 0xFF for number in (errno.ENOSPC, errno.ENOMEM, errno.EFBIG)
)


@dataclass(frozen=True)
class Source:
    """A clip to be rendered: where it lies, the demuxer that reads it, and how much is shown."""

    path: Path
    demuxer: str
    seconds: float


@dataclass(frozen=True)
class Clip:
    """A source that was looked at: what it looks like, and whether it sounds."""

    source: Source
    shape: Shape
    sound: bool


@dataclass(frozen=True)
class Studio:
    """Where clips are rendered: a folder for what comes out, and limits.

    `meanwhile` looks in every few seconds, and may raise what ends it.
    """

    folder: Path
    rendering: Limits = limits.RENDERING
    looking: Limits = limits.LOOKING
    meanwhile: Callable[[], None] | None = None
    every: float = 5

    def look(self, source: Source) -> Clip:
        """Tell what a source looks like, and whether it sounds; `Refusal` for one that is no video.

        By its first frame, decoded: what turns it upright is in there, and so is what can't be.
        """
        kinds = _judged(self._read(source, ("-map", "0:V:0?", "-map", "0:a:0?", "-c", "copy")))
        shown = _shown(self._read(source, ("-map", "0:V:0")))
        shape = Shape(shown.width, shown.height, shown.pixel)
        return Clip(source, shape, "audio" in kinds)

    def _read(self, source: Source, options: Sequence[str]) -> list[Stream]:
        with source.path.open("rb") as file:
            command = (*_opened(source, file), *options, "-frames:v", "1", "-frames:a", "1")
            return streams.read(self._run(self.looking, *command, *_TOLD, given=[file]))

    def render(
        self,
        clip: Clip,
        name: str,
        frame: Layout,
        *,
        watermark: Path | None = None,
        poster: Path | None = None,
    ) -> Path:
        """Make a clip uniform: H.264 and AAC in an MP4 of the frame's size; return its path.

        A frame that stands for it, out of its first second, goes to `poster`.
        """
        target, seconds = self.folder / name, clip.source.seconds
        made = target if clip.sound else self.folder / f"silent-{name}"
        heard = ("-map", "0:a:0", "-af", "aresample=async=1:first_pts=0", *_SOUND)
        # A limit of frames also cuts the sound where the picture ends.
        longest = ("-t", str(seconds), "-frames:v", str(int(seconds * _RATE) + 1))
        filters = _filters(frame, watermark=watermark is not None, poster=poster is not None)
        with clip.source.path.open("rb") as file:
            self._run(
                self.rendering,
                *_opened(clip.source, file),
                *(_picture(watermark) if watermark else ()),
                *("-filter_complex", filters, "-map", "[shown]"),
                *(heard if clip.sound else ()),
                *(*longest, *_PICTURE, *_CONTAINER, str(made)),
                *((*_STILL, str(poster)) if poster else ()),
                given=[file],
            )
        if not clip.sound:
            self._silence(made, target)
        return target

    def _silence(self, clip: Path, target: Path) -> None:
        """Give a rendition a silence as long as its picture.

        Afterwards, because nobody knows before how long that is: `-shortest` lets the silence go on
        until a busy machine has seen the picture's end.
        """
        silence = ("-t", str(self.measure(clip).seconds), *_SILENCE)
        kept = ("-map", "0:V:0", "-map", "1:a", "-c:v", "copy", *_TIMES, *_SOUND)
        self._run(self.looking, *_made(clip), *silence, *kept, *_CONTAINER, str(target))

    def join(self, clips: Sequence[Path], name: str) -> Path:
        """Put renditions of one size together, one after another; return the path of the whole."""
        if len(clips) == 1:
            return clips[0]
        listed, target = self.folder / "clips.txt", self.folder / name
        listed.write_text("".join(f"file '{clip}'\n" for clip in clips))
        opened = ("-protocol_whitelist", "file", "-f", "concat", "-safe", "0", "-i", str(listed))
        self._run(self.looking, *opened, "-c", "copy", *_CONTAINER, str(target))
        return target

    def measure(self, clip: Path) -> Stream:
        """Read a rendition through; return what there is to say of its picture."""
        told = self._run(self.looking, *_made(clip), "-map", "0:V:0", "-c", "copy", *_TOLD)
        return _shown(streams.read(told))

    def _run(self, allowed: Limits, *arguments: str, given: Sequence[IO[bytes]] = ()) -> str:
        """Run ffmpeg; return what it prints. Refusal, or Retry where it is the machine's fault."""
        restraint.close_the_curtain()
        limited = (allowed.cpu_seconds, allowed.memory, allowed.output)
        within = (os.getpid(), *limited, codecs.ffmpeg())
        child = [sys.executable, "-m", "fragua.videos.child", *map(str, within)]
        quiet = ("-nostdin", "-hide_banner", "-v", "error", "-y")
        done = confined.run(
            [*child, *quiet, *arguments],
            allowed.seconds,
            given=given,
            meanwhile=self.meanwhile,
            every=self.every,
        )
        if done.code:
            _explain(done)
        return done.output.decode(errors="replace")


def _opened(source: Source, file: IO[bytes]) -> tuple[str, ...]:
    allowed = ("-protocol_whitelist", "fd", "-codec_whitelist", codecs.DECODERS)
    read = ("-t", str(source.seconds), "-f", source.demuxer, "-fd", str(file.fileno()))
    return (*allowed, *read, "-i", "fd:")


def _picture(path: Path) -> tuple[str, ...]:
    return ("-protocol_whitelist", "file", "-f", "png_pipe", "-i", str(path))


def _made(clip: Path) -> tuple[str, ...]:
    return ("-protocol_whitelist", "file", "-f", "mov", "-i", str(clip))


def _judged(found: Sequence[Stream]) -> set[str]:
    """Return which kinds of streams there are; `Refusal` unless a video may be made of them."""
    for stream in found:
        if stream.codec == "none":
            raise damaged()
        if stream.codec not in codecs.CODECS:
            raise unsupported(stream.codec)
        limits.pixels(stream.width, stream.height)
    kinds = {stream.kind for stream in found}
    if "video" not in kinds:
        raise no_video("holds sound alone")
    return kinds


def _shown(found: Sequence[Stream]) -> Stream:
    """Return the stream of pictures, the first one, which must have some."""
    if not found or not found[0].packets:
        raise no_video("has no frame that could be shown")
    return found[0]


def _filters(frame: Layout, *, watermark: bool, poster: bool) -> str:
    """Write the way from the decoded picture to the shown one; a watermark is the second input."""
    (width, height), (wide, high) = frame.picture, frame.frame
    # The rate first: what is not shown need not be scaled.
    rate = f"fps=fps='min({_RATE},source_fps)'"
    ways = [f"[0:V:0]{rate},scale={width}:{height},setsar=1,pad={wide}:{high}:-1:-1[made]"]
    if watermark:
        margin = wide // 40
        ways.append(f"[1:v]scale=w={wide // 8}:h='max(2,ow/a)'[mark]")
        ways.append(f"[made][mark]overlay=W-w-{margin}:H-h-{margin}[made]")
    if poster:
        ways.append(f"[made]split[made][each];[each]thumbnail=n={_RATE}[still]")
    # A poster's JPEG takes the full range of colours, and would have the video take it as well.
    return ";".join([*ways, "[made]format=yuv420p:color_ranges=tv[shown]"])


def _explain(done: confined.Ended) -> None:
    """Raise what it means that ffmpeg failed."""
    log.info("ffmpeg failed", extra={"exit_code": done.code, "complaint": done.complaint})
    if done.starved or done.code in (LATER, _FULL):
        raise Retry(f"ffmpeg was kept from its work: {done.complaint}")
    if done.out_of_limits or done.code in (_MEMORY, _TOO_BIG):
        raise too_complex()
    raise damaged()
