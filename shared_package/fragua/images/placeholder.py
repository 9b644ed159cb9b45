"""What a page shows while a picture is on its way: one colour, and a ThumbHash of about 25 bytes.

ThumbHash is a small cosine transform of brightness, two colour differences and transparency.
Source: Evan Wallace's description, https://evanw.github.io/thumbhash/. Here the transform runs
along rows first and then along columns, which is a tenth of the work.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

# Longest side of what is looked at; the hash keeps seven waves of it at most.
_SIDE = 32
_COLOURS = 8
_OPAQUE = 128


def small(image: Image.Image) -> Image.Image:
    """The picture that the functions here look at, "RGBA"."""
    scale = min(1.0, _SIDE / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.convert("RGBA").resize(size, Image.Resampling.BOX)


def dominant_color(image: Image.Image) -> str:
    """The colour, "#rrggbb", of the largest group of similar pixels that can be seen."""
    seen = [pixel[:3] for pixel in _pixels(image) if pixel[3] >= _OPAQUE]
    if not seen:
        return "#ffffff"
    row = Image.frombytes("RGB", (len(seen), 1), bytes(value for pixel in seen for value in pixel))
    few = row.quantize(_COLOURS)
    counts = few.histogram()
    index = counts.index(max(counts))
    red, green, blue = (few.getpalette() or [0, 0, 0])[3 * index : 3 * index + 3]
    return f"#{red:02x}{green:02x}{blue:02x}"


def thumbhash(image: Image.Image) -> str:
    """The ThumbHash in base64, of what `small` made."""
    width, height = image.size
    brightness, yellow, red, alpha = _channels(_pixels(image))
    transparent = sum(alpha) < len(alpha)
    waves = 5 if transparent else 7
    across = max(1, _nearest(waves * width / max(width, height)))
    down = max(1, _nearest(waves * height / max(width, height)))
    parts = [
        _Waves.of(brightness, image.size, (max(3, across), max(3, down))),
        _Waves.of(yellow, image.size, (3, 3)),
        _Waves.of(red, image.size, (3, 3)),
    ]
    if transparent:
        parts.append(_Waves.of(alpha, image.size, (5, 5)))
    landscape = width > height
    packed = _pack(parts, down if landscape else across, landscape)
    return base64.b64encode(packed).decode()


@dataclass(frozen=True)
class _Waves:
    """A channel's mean, its largest wave, and all waves as a share of that, 0 to 1."""

    mean: float
    scale: float
    shares: list[float]

    @classmethod
    def of(cls, channel: Sequence[float], size: tuple[int, int], counts: tuple[int, int]) -> _Waves:
        """Transform a channel; of `counts` waves across and down, those below the diagonal."""
        (width, height), (across, down) = size, counts
        rows = [channel[start : start + width] for start in range(0, width * height, width)]
        along = [[_wave(row, number) for row in rows] for number in range(across)]
        mean, *waves = [
            _wave(along[x], y)
            for y in range(down)
            for x in range(across)
            if x * down < across * (down - y)
        ]
        scale = max(map(abs, waves))
        return cls(mean, scale, [0.5 + 0.5 * wave / scale if scale else wave for wave in waves])


def _wave(values: Sequence[float], number: int) -> float:
    """How much of the cosine that swings `number` half times is in the values."""
    step = math.pi / len(values) * number
    total = sum(value * math.cos(step * (at + 0.5)) for at, value in enumerate(values))
    return total / len(values)


def _channels(pixels: Sequence[tuple[int, ...]]) -> tuple[list[float], ...]:
    """Brightness, yellow against blue, red against green, and alpha; all on the mean colour."""
    weight = sum(pixel[3] for pixel in pixels) or 1
    mean = [sum(pixel[i] * pixel[3] for pixel in pixels) / weight / 255 for i in range(3)]
    channels: tuple[list[float], ...] = ([], [], [], [])
    for *colour, opacity in pixels:
        alpha = opacity / 255
        red, green, blue = (
            under * (1 - alpha) + alpha * value / 255
            for under, value in zip(mean, colour, strict=True)
        )
        values = ((red + green + blue) / 3, (red + green) / 2 - blue, red - green, alpha)
        for channel, value in zip(channels, values, strict=True):
            channel.append(value)
    return channels


def _pack(parts: Sequence[_Waves], waves: int, landscape: bool) -> bytes:
    """Five or six bytes of means and scales, then four bits for each wave."""
    brightness, yellow, red, *alpha = parts
    first = _nearest(63 * brightness.mean) | _nearest(31.5 + 31.5 * yellow.mean) << 6
    first |= _nearest(31.5 + 31.5 * red.mean) << 12 | _nearest(31 * brightness.scale) << 18
    second = waves | _nearest(63 * yellow.scale) << 3 | _nearest(63 * red.scale) << 9
    head = (first | bool(alpha) << 23).to_bytes(3, "little")
    head += (second | landscape << 15).to_bytes(2, "little")
    for part in alpha:
        head += bytes([_nearest(15 * part.mean) | _nearest(15 * part.scale) << 4])
    fours = [_nearest(15 * share) for part in parts for share in part.shares]
    fours += [0] * (len(fours) % 2)
    return head + bytes(low | high << 4 for low, high in zip(fours[::2], fours[1::2], strict=True))


def _nearest(value: float) -> int:
    """Round half up, as the reference does."""
    return math.floor(value + 0.5)


def _pixels(image: Image.Image) -> list[tuple[int, ...]]:
    values = iter(image.tobytes())
    return list(zip(values, values, values, values, strict=True))
