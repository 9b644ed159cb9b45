"""A gallery of odd and hostile pictures, made by code: what the thumbnail engine must live with.

Each exhibit says how it ends. `python -m tools.contact_sheet FOLDER` shows all of them.
"""

from __future__ import annotations

from tests.support.gallery import (
    bmps,
    extremes,
    gifs,
    heifs,
    jpegs,
    jpegs_hostile,
    pngs,
    pngs_hostile,
    strangers,
    tiffs,
    webps,
)
from tests.support.gallery.exhibit import Exhibit

_ROOMS = (jpegs, jpegs_hostile, pngs, pngs_hostile, gifs, webps, heifs, tiffs, bmps)


def all_pictures() -> dict[str, Exhibit]:
    """Return all exhibits by name; none of them is made yet."""
    found = [exhibit for room in (*_ROOMS, extremes, strangers) for exhibit in room.exhibits()]
    names = {exhibit.name: exhibit for exhibit in found}
    assert len(names) == len(found), "two exhibits have the same name"
    return names
