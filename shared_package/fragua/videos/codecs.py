"""The program ffmpeg, and what of it may be used: the codecs of cameras, phones and browsers.

It has hundreds of decoders. Those that nobody needs are only there to be attacked.
"""

from __future__ import annotations

from fragua.errors import Retry

_PICTURE = "h264 hevc av1 vp8 vp9 mpeg4 mpeg2video mpeg1video h263 mjpeg prores png"
_SOUND = "aac mp3 mp2 ac3 eac3 opus vorbis flac alac amr_nb amr_wb"
_SAMPLES = "pcm_s16le pcm_s16be pcm_s24le pcm_s24be pcm_s32le pcm_f32le pcm_u8 pcm_mulaw pcm_alaw"
# As streams name them, and the decoders that have other names.
CODECS = frozenset(f"{_PICTURE} {_SOUND} {_SAMPLES}".split())
DECODERS = ",".join(
    sorted(CODECS | {"libdav1d", "mp3float", "mp2float", "amrnb", "amrwb", "libopus"})
)


def ffmpeg() -> str:
    """Return the path of the program, which comes with its wheel; `Retry` where it is not."""
    # Only the worker's layer has it; the sweeper knows of videos as well.
    from imageio_ffmpeg import get_ffmpeg_exe

    try:
        return str(get_ffmpeg_exe())
    except RuntimeError as error:
        raise Retry(f"{error}") from error
