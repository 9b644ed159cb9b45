"""Queues that refuse, or are not there: whoever looks or changes is answered all the same."""

from __future__ import annotations

import io

import pytest

from tests.support.backend import Client, environment_of
from tests.support.catalog import change, create, delete, get, made, new_admin
from tests.support.outages import down, refused

REFUSALS = {
    "AWS.SimpleQueueService.NonExistentQueue": 400,
    "AccessDenied": 403,
    "RequestThrottled": 403,
    "OverLimit": 403,
    "KmsThrottled": 400,
}


@pytest.fixture
def admin(backend: dict[str, str]) -> Client:
    return new_admin()


@pytest.mark.parametrize("code", REFUSALS)
def test_a_queue_that_refuses_is_no_error_of_anybodys(admin: Client, code: str) -> None:
    with refused("sqs", "SendMessage", code, REFUSALS[code]):
        product = made(admin)
        assert get(Client(), product["sku"]).status == 200
        assert change(admin, product, name="Other").status == 200
        assert delete(admin, product["sku"]).status == 204
    assert get(Client(), product["sku"]).status == 404


def test_a_view_that_may_be_lost_is_a_metric_however_little_is_logged(
    admin: Client, lines: io.StringIO
) -> None:
    sku = made(admin)["sku"]
    with environment_of({"LOG_LEVEL": "ERROR"}), down("sqs", "SendMessage"):
        assert get(Client(), sku).status == 200
    assert '"ViewsLost":1' in lines.getvalue()


def test_a_tag_of_a_product_that_is_gone_fits_none_that_comes_after_it(admin: Client) -> None:
    first = made(admin)
    changed = change(admin, first, name="Other").body
    assert delete(admin, first["sku"]).status == 204
    second = made(admin, first["sku"].lower())
    assert second["version"] > changed["version"] + 1
    for stale in (first, changed, {**changed, "version": changed["version"] + 1}):
        assert change(admin, stale, name="Lost").status == 412
    assert change(admin, second, name="Kept").status == 200
    assert create(admin, first["sku"]).status == 409
