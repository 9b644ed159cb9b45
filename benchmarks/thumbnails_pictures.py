"""The pictures that thumbnails are made of: drawn by code, the same on every machine.

    python -m benchmarks.thumbnails_pictures FOLDER

What a codec costs depends on what it sees, so they are like photographs: detail at every scale
(noise in octaves, each half as strong as the one below it), areas with hard edges, colour that
changes more slowly than brightness, and the grain of a sensor. A JPEG of 12 megapixels comes out
at about 4 MB, as from a camera. Large ones are the same scene laid out again and again, mirrored,
so that they cost the same a pixel.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from PIL import Image, ImageDraw, ImageOps
from pillow_heif import register_heif_opener

WIDTH, HEIGHT = 4080, 3000
# How much of it each finer octave, and the grain, adds: about what a camera's file weighs.
_FADE, _GRAIN = 0.55, 0.1
_JPEG = {"quality": 90, "subsampling": "4:2:0"}


@dataclass(frozen=True)
class Source:
    """One picture: it shows the scene `tiles` times in each direction.

    `memory` is what making thumbnails of it may take at most, in MB (10^6 bytes); `peers` whether
    those who Fragua is measured against can read it.
    """

    name: str
    suffix: str
    tiles: int = 1
    options: dict[str, Any] = field(default_factory=dict)
    memory: float | None = None
    peers: bool = True

    def file(self, folder: Path) -> Path:
        """Where it is, once drawn."""
        return folder / f"{self.name.replace(' ', '-')}.{self.suffix}"


SOURCES = (
    Source("JPEG 12 MP", "jpg", 1, _JPEG),
    Source("JPEG 48 MP", "jpg", 2, _JPEG),
    Source("JPEG 110 MP", "jpg", 3, _JPEG, memory=80),
    Source("JPEG 12 MP progressive", "jpg", 1, {**_JPEG, "progressive": True}),
    Source("PNG 12 MP", "png"),
    Source("WebP 12 MP", "webp", 1, {"quality": 85}),
    Source("AVIF 12 MP", "avif", 1, {"quality": 75, "speed": 9}),
    Source("HEIC 12 MP", "heic", 1, {"quality": 50}, peers=False),
)


def draw(folder: Path) -> None:
    """Write every source into `folder`."""
    register_heif_opener()
    scene = _scene()
    for source in SOURCES:
        _tiled(scene, source.tiles).save(source.file(folder), **source.options)


def _scene() -> Image.Image:
    random = Random(4)  # noqa: S311 - the same scene each time is the point
    near, far = (_octaves(random, (8, 16, 32, 64, 128, 256, 512, 1024)) for _ in range(2))
    light = Image.composite(near, far, _things(random, 400))
    light = Image.blend(light, _noise(random, WIDTH), _GRAIN)
    grey = Image.new("L", light.size, 128)
    colours = [Image.blend(grey, _octaves(random, (6, 12, 48, 192)), 0.25) for _ in range(2)]
    return Image.merge("YCbCr", [light, *colours]).convert("RGB")


def _octaves(random: Random, widths: tuple[int, ...]) -> Image.Image:
    """Noise of every size in `widths`, the coarsest strongest, stretched to the full contrast."""
    picture = _noise(random, widths[0])
    for number, width in enumerate(widths[1:], start=1):
        picture = Image.blend(picture, _noise(random, width), _FADE**number)
    return ImageOps.autocontrast(picture, cutoff=1)


def _noise(random: Random, width: int) -> Image.Image:
    height = width * HEIGHT // WIDTH
    noise = Image.frombytes("L", (width, height), random.randbytes(width * height))
    return noise.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)


def _things(random: Random, count: int) -> Image.Image:
    """A mask of ellipses and triangles; few are large and many are small, as things are."""
    mask = Image.new("L", (WIDTH, HEIGHT))
    pen = ImageDraw.Draw(mask)
    for number in range(count):
        x, y = random.randrange(WIDTH), random.randrange(HEIGHT)
        size = 2 * WIDTH // (number + 6)
        corners = [
            (x + random.randint(-size, size), y + random.randint(-size, size)) for _ in "abc"
        ]
        if number % 2:
            pen.polygon(corners, fill=random.randrange(256))
        else:
            pen.ellipse((x, y, x + size, y + size // 2), fill=random.randrange(256))
    return mask


def _tiled(scene: Image.Image, tiles: int) -> Image.Image:
    if tiles == 1:
        return scene
    whole = Image.new("RGB", (WIDTH * tiles, HEIGHT * tiles))
    for column in range(tiles):
        for row in range(tiles):
            tile = ImageOps.mirror(scene) if column % 2 else scene
            whole.paste(ImageOps.flip(tile) if row % 2 else tile, (WIDTH * column, HEIGHT * row))
    return whole


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
