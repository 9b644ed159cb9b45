"""Versions go on for as long as a SKU is used: no tag of it comes twice."""

from __future__ import annotations

import time
from unittest.mock import patch

import pytest

from tests.support.catalog import change, delete, made, new_admin, new_sku

_HOUR = 3600 * 10**9


@pytest.mark.usefixtures("backend")
def test_no_tag_comes_twice_though_a_machine_is_an_hour_ahead() -> None:
    admin, sku = new_admin(), new_sku()
    versions = [made(admin, sku)["version"]]
    # Another machine's clock and its last id, of which this one knows nothing.
    ahead = patch("time.time_ns", return_value=time.time_ns() + _HOUR)
    with ahead, patch("fragua.clock._last", (0, 0)):
        assert delete(admin, sku).status == 204
    second = made(admin, sku)
    changed = change(admin, second, name="Another").body
    versions += [second["version"], changed["version"]]
    assert delete(admin, sku).status == 204
    versions.append(made(admin, sku)["version"])
    assert versions == sorted(set(versions))
