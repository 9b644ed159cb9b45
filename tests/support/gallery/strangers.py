"""What calls itself a picture and is none, or one that no thumbnails are made of."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from functools import partial

from tests.support.gallery import scene
from tests.support.gallery.encoded import encoded
from tests.support.gallery.exhibit import UNSUPPORTED, Exhibit, Refused

Make = Callable[[], bytes]


def exhibits() -> Iterator[Exhibit]:
    """Yield them, each named .png."""
    for name, make in (_nothings() | _texts() | _containers()).items():
        yield Exhibit(f"stranger-{name}", make, Refused(UNSUPPORTED), suffix=".png")
    # What Pillow reads as well, where nobody holds it back.
    for kind in ("ICO", "JPEG2000", "PPM", "TGA", "PCX", "SGI", "ICNS", "DDS", "XBM", "PDF"):
        name = f"stranger-{kind.lower()}"
        yield Exhibit(name, partial(_by_pillow, kind), Refused(UNSUPPORTED), suffix=".png")


def _nothings() -> dict[str, Make]:
    return {
        "empty": lambda: b"",
        "one-byte": lambda: b"\xff",
        "random": lambda: random.Random(4).randbytes(100_000),  # noqa: S311 - no secret
        "zeros": lambda: bytes(100_000),
        "text": lambda: b"This is the picture that you asked for.\n" * 99,
    }


def _texts() -> dict[str, Make]:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    entity = b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    return {
        "html": lambda: b"<!DOCTYPE html><html><script>alert(1)</script></html>",
        "svg-script": lambda: svg + b"<script>alert(1)</script></svg>",
        "svg-entity": lambda: entity + svg + b"<text>&x;</text></svg>",
        "mvg": lambda: b"push graphic-context\nviewbox 0 0 9 9\nimage over 0,0 0,0 'https:x'\npop",
        "mvg-pipe": lambda: b"push graphic-context\nfill 'url(https:x\"|touch \"x)'\npop",
        "eps": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n(x) run showpage\n",
        "xpm": lambda: b'/* XPM */\nstatic char *x[] = {"1 1 1 1", "a c #ff0000", "a"};\n',
        "fits": _fits,
        "php": lambda: b"<?php system($_GET['x']); ?>",
    }


def _containers() -> dict[str, Make]:
    return {
        "psd": lambda: b"8BPS\0\1" + bytes(6) + b"\0\3\0\0\0\x10\0\0\0\x10\0\x08\0\3" + bytes(800),
        "pdf-with-jpeg": lambda: b"%PDF-1.4\n" + encoded(scene.colour(), "JPEG"),
        "zip": _zip,
        "wav": lambda: b"RIFF\x24\0\0\0WAVEfmt " + bytes(28),
        "avi": lambda: b"RIFF\x24\0\0\0AVI LIST" + bytes(28),
        "mp4": lambda: b"\0\0\0\x18ftypisom\0\0\2\0isommp41" + bytes(99),
        "jpeg-xl": lambda: b"\xff\x0a" + bytes(99),
        "jpeg-behind-a-space": lambda: b" " + encoded(scene.colour(), "JPEG"),
        "emf": lambda: b"\1\0\0\0" + bytes(36) + b" EMF" + bytes(99),
        "gzip": lambda: b"\x1f\x8b\x08" + bytes(99),
    }


def _fits() -> bytes:
    cards = ["SIMPLE  =                    T", "BITPIX  =                    8"]
    cards += ["NAXIS   =                    2", "NAXIS1  =               100000"]
    cards += ["NAXIS2  =               100000", "END"]
    return "".join(card.ljust(80) for card in cards).ljust(2880).encode()


def _zip() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.png"), encoded(scene.colour(), "PNG"))
    return target.getvalue()


def _by_pillow(kind: str) -> bytes:
    picture = scene.colour(64, 64)
    return encoded(picture.convert("1") if kind == "XBM" else picture, kind)
