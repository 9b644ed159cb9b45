"""Still WebP pictures by the libwebp that Pillow brings, asked for what Pillow doesn't ask.

Pillow decodes every WebP as an animation, whole, into several canvases. libwebp itself can
decode smaller than a picture is: half the time, a third of the memory.
Source: webp/decode.h of libwebp 1.6, whose decoder ABI (0x0209) has been the same since 2018.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_size_t, c_uint8, c_uint32, c_void_p
from functools import cache
from typing import ClassVar

from PIL import Image, features

from fragua.images.picture import Size
from fragua.images.refusal import damaged, too_complex

_ABI = 0x0209
_OUT_OF_MEMORY = 1
# WEBP_CSP_MODE
_RGB, _RGBA = 0, 1


class _Features(Structure):
    """WebPBitstreamFeatures."""

    _fields_: ClassVar = [
        ("width", c_int),
        ("height", c_int),
        ("has_alpha", c_int),
        ("has_animation", c_int),
        ("format", c_int),
        ("pad", c_uint32 * 5),
    ]


class _Output(Structure):
    """WebPDecBuffer; of its union only the branch of RGBA, padded to the size of the other."""

    _fields_: ClassVar = [
        ("colorspace", c_int),
        ("width", c_int),
        ("height", c_int),
        ("is_external_memory", c_int),
        ("pixels", c_void_p),
        ("stride", c_int),
        ("size", c_size_t),
        ("rest_of_union", ctypes.c_uint8 * 56),
        ("pad", c_uint32 * 4),
        ("private_memory", c_void_p),
    ]


class _Options(Structure):
    """WebPDecoderOptions."""

    _fields_: ClassVar = [
        ("bypass_filtering", c_int),
        ("no_fancy_upsampling", c_int),
        ("use_cropping", c_int),
        ("crop", c_int * 4),
        ("use_scaling", c_int),
        ("scaled_width", c_int),
        ("scaled_height", c_int),
        ("use_threads", c_int),
        ("dithering_strength", c_int),
        ("flip", c_int),
        ("alpha_dithering_strength", c_int),
        ("pad", c_uint32 * 5),
    ]


class _Config(Structure):
    """WebPDecoderConfig."""

    _fields_: ClassVar = [("input", _Features), ("output", _Output), ("options", _Options)]


def decode(data: bytes, least: Size) -> Image.Image | None:
    """Decode a still picture to about `least`, or to its own size if that is smaller.

    None where this libwebp can't be reached; raises Refusal.
    """
    library = _library()
    config = _Config()
    if not library or not library.WebPInitDecoderConfigInternal(byref(config), _ABI):
        return None
    if library.WebPGetFeaturesInternal(data, len(data), byref(config.input), _ABI):
        raise damaged()
    mode = "RGBA" if config.input.has_alpha else "RGB"
    size = _scale(config, least)
    pixels = _room(config.output, mode, size)
    status = library.WebPDecode(data, len(data), byref(config))
    if status:
        raise too_complex() if status == _OUT_OF_MEMORY else damaged()
    return Image.frombuffer(mode, size, pixels, "raw", mode, 0, 1)


def _scale(config: _Config, least: Size) -> Size:
    """Ask for a smaller picture, unless it is transparent: hidden colours would show at edges."""
    size = (config.input.width, config.input.height)
    if config.input.has_alpha or least[0] >= size[0] or least[1] >= size[1]:
        return size
    config.options.use_scaling = 1
    config.options.scaled_width, config.options.scaled_height = least
    return least


def _room(output: _Output, mode: str, size: Size) -> bytearray:
    """Let libwebp write into memory of ours, so that nothing is copied."""
    stride = size[0] * len(mode)
    pixels = bytearray(stride * size[1])
    output.colorspace = _RGBA if mode == "RGBA" else _RGB
    output.is_external_memory = 1
    output.pixels = ctypes.addressof(c_uint8.from_buffer(pixels))
    output.stride, output.size = stride, len(pixels)
    return pixels


@cache
def _library() -> ctypes.CDLL | None:
    """The libwebp that Pillow's own module is linked with, or None if its functions are hidden."""
    if not features.check("webp"):
        return None
    from PIL import _webp

    try:
        library = ctypes.CDLL(_webp.__file__)
        library.WebPInitDecoderConfigInternal.argtypes = [POINTER(_Config), c_int]
        library.WebPGetFeaturesInternal.argtypes = [
            c_char_p,
            c_size_t,
            POINTER(_Features),
            c_int,
        ]
        library.WebPDecode.argtypes = [c_char_p, c_size_t, POINTER(_Config)]
    except (OSError, AttributeError):
        return None
    return library
