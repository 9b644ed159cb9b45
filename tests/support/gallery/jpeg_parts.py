"""JPEG by hand, without a cosine: each block of 8 x 8 samples has one shade.

Source: ITU-T T.81, annexes B, F and G.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from PIL import Image

SOI, EOI = b"\xff\xd8", b"\xff\xd9"
BASELINE, PROGRESSIVE = 0xC0, 0xC2
APP0, APP1, APP2, APP14, COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
# A component's horizontal and vertical sampling factor.
Sampling = tuple[tuple[int, int], ...]
GREY: Sampling = ((1, 1),)

JFIF = b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"


def segment(marker: int, payload: bytes) -> bytes:
    """Write a segment of at most 65,533 bytes."""
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def behind_soi(jpeg: bytes, *segments: bytes) -> bytes:
    """Put segments at the beginning of a JPEG."""
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def head(kind: int, size: tuple[int, int], sampling: Sampling = GREY, bits: int = 8) -> bytes:
    """Write all up to the first scan: SOI, JFIF, tables, the frame's header.

    The tables: a step of 8 for DC, so that a shade is its own coefficient; 4-bit codes for the
    differences' classes 0-8; and, of AC, the code 0 for all that is left of a block being zero,
    in a progressive file of up to 32,767 blocks.
    """
    quantization = segment(0xDB, b"\0" + bytes([8]) + bytes([1]) * 63)
    dc = segment(0xC4, b"\0" + bytes([0, 0, 0, 9] + [0] * 12) + bytes(range(9)))
    rest = 0xE0 if kind == PROGRESSIVE else 0
    ac = segment(0xC4, b"\x10" + bytes([1] + [0] * 15) + bytes([rest]))
    width, height = size
    frame = struct.pack(">BHHB", bits, height, width, len(sampling))
    for number, (across, down) in enumerate(sampling, 1):
        frame += bytes([number, across << 4 | down, 0])
    return SOI + segment(APP0, JFIF) + quantization + segment(kind, frame) + dc + ac


def scan(components: int, first: int = 0, last: int = 63, high: int = 0, low: int = 0) -> bytes:
    """Write a scan's header: which coefficients of how many components, and which bits of them."""
    chosen = b"".join(bytes([number, 0]) for number in range(1, components + 1))
    return segment(0xDA, bytes([components]) + chosen + bytes([first, last, high << 4 | low]))


def bits(codes: Iterable[str]) -> bytes:
    """Pack strings of 0 and 1, and stuff what looks like a marker."""
    text = "".join(codes)
    text += "1" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8).replace(b"\xff", b"\xff\0")


def _difference(value: int) -> str:
    """Write a DC difference: its class, and which one of the class."""
    size = abs(value).bit_length()
    return f"{size:04b}" + (f"{value + (value < 0) * (2**size - 1):0{size}b}" if size else "")


def mosaic(picture: Image.Image, sampling: Sampling) -> bytes:
    """Encode a picture in RGB, baseline, with any sampling, one shade for a block.

    Its sides are multiples of a unit: of 8 times the largest factors.
    """
    across = max(factor for factor, _ in sampling)
    down = max(factor for _, factor in sampling)
    grid = picture.width // (8 * across), picture.height // (8 * down)
    planes = [
        plane.resize((grid[0] * h, grid[1] * v), Image.Resampling.BOX)
        for plane, (h, v) in zip(picture.convert("YCbCr").split(), sampling, strict=True)
    ]
    data = bits(_blocks(planes, sampling, grid))
    return head(BASELINE, picture.size, sampling) + scan(len(sampling)) + data + EOI


def _blocks(planes: list[Image.Image], sampling: Sampling, grid: tuple[int, int]) -> Iterator[str]:
    before = [128] * len(planes)
    for unit in range(grid[0] * grid[1]):
        row, column = divmod(unit, grid[0])
        for number, (plane, (h, v)) in enumerate(zip(planes, sampling, strict=True)):
            for block in range(h * v):
                at = column * h + block % h, row * v + block // h
                shade = int(plane.getpixel(at))  # type: ignore[arg-type]  # mode L has numbers
                yield _difference(shade - before[number]) + "0"
                before[number] = shade


def flat(kind: int, size: tuple[int, int], sampling: Sampling = GREY) -> bytes:
    """Write a picture of one shade, baseline or the first scan of progressive; no EOI.

    A block is the code of no difference, and in baseline that of no other coefficient.
    """
    across, down = (8 * max(factors) for factors in zip(*sampling, strict=True))
    units = -(-size[0] // across) * -(-size[1] // down)
    blocks = units * sum(h * v for h, v in sampling)
    code, last = (5, 63) if kind == BASELINE else (4, 0)
    begin = head(kind, size, sampling) + scan(len(sampling), last=last)
    return begin + bytes(-(-blocks * code // 8))
