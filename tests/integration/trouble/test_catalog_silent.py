"""PostgreSQL is away, falls silent, or waits for somebody's lock: 503 in time, and work later.

The routes of the catalog, of notifications and of superadmins. All calls run side by side, each in
a process of its own: most of the time is spent waiting.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import make_url

from fragua.catalog import skus
from fragua.catalog.tables import products
from tests.support import plan_admin
from tests.support.backend import Client, invoke, new_client
from tests.support.bench import Bench
from tests.support.beside import beside
from tests.support.catalog import made, new_sku
from tests.support.editing import Json, actions, assert_sound, change, creation, deletion
from tests.support.events import http_event
from tests.support.faults import ALWAYS, Act, Fault, closed_port, silent_port
from tests.support.lanes import Lane, Start, lanes
from tests.support.workers import Outcome, assert_unavailable

pytestmark = pytest.mark.timeout(120)

READERS = {
    "catalog.list": ("GET", "/v1/products"),
    "catalog.get": ("GET", "/v1/products/{sku}"),
    "catalog.head": ("HEAD", "/v1/products/{sku}"),
    "catalog.history": ("GET", "/v1/products/{sku}/history"),
    "catalog.report_views": ("GET", "/v1/reports/product-views"),
    "notifications.list": ("GET", "/v1/notifications"),
    # Of a notification that there is not.
    "notifications.read": ("POST", "/v1/notifications/00000000-0000-7000-8000-000000000000/read"),
    "accounts.list_users": ("GET", "/v1/users"),
    "accounts.get_user": ("GET", "/v1/users/{user}"),
}
# Those that change something: their success, and what a repetition is told once it was done.
WRITERS = {
    "catalog.create": (201, 201),
    "catalog.update": (200, 412),
    "catalog.delete": (204, 404),
    "accounts.create_user": (201, 409),
    "accounts.update_user": (200, 200),
    "accounts.delete_user": (204, 404),
    "accounts.create_plan": (201, 409),
    "accounts.update_plan": (200, 200),
    "accounts.delete_plan": (204, 404),
}
HISTORY = {
    "catalog.create": ["created"],
    "catalog.update": ["created", "updated"],
    "catalog.delete": ["created", "deleted"],
}
AWAY, LOCKED = ("refuses", "is silent"), "waits for a lock"
IDLE = "fell silent while the connection idled"
BEFORE, AFTER = "falls silent before the commit", "falls silent after the commit"
CASES = [
    *((how, module) for how in AWAY for module in (*READERS, *WRITERS)),
    # It would keep the superadmins as they are, and the other deletion waiting.
    *((BEFORE, module) for module in WRITERS if module != "accounts.delete_user"),
    *((AFTER, module) for module in WRITERS),
    *((LOCKED, module) for module in HISTORY),
    (IDLE, "catalog.list"),
]
Case = tuple[str, str]


@dataclass
class World:
    """Somebody who may use all routes, and something of its own for each call to be used on."""

    root: Client = field(default_factory=plan_admin.new_superadmin)
    user: Client = field(default_factory=new_client)
    skus: dict[Case, str] = field(default_factory=dict)
    events: dict[Case, Json] = field(default_factory=dict)
    outcomes: dict[Case, Outcome] = field(default_factory=dict)

    def event(self, case: Case) -> Json:
        """Make the request of a call."""
        module = case[1]
        if module.startswith("catalog") and module in WRITERS:
            self.events[case] = self._edit(case)
        else:
            method, path, sent = self._request(case)
            self.events[case] = http_event(method, path, sent, token=self.root.token)
        return self.events[case]

    def _edit(self, case: Case) -> Json:
        if case[1] == "catalog.create":
            self.skus[case] = new_sku()
            return creation(self.root, self.skus[case], key=uuid4().hex)
        product = made(self.root)
        self.skus[case] = product["sku"]
        if case[1] == "catalog.update":
            return change(self.root, product, name="Other")
        return deletion(self.root, product)

    def _request(self, case: Case) -> tuple[str, str, Any]:
        module = case[1]
        if module in READERS:
            method, path = READERS[module]
            return method, path.format(sku="nobodys", user=self.user.user_id), None
        if "plan" in module:
            return self._plan(module)
        user = new_client() if module == "accounts.delete_user" else self.user
        new = {"email": f"{uuid4().hex}@example.com", "password": "correct horse"}
        return {
            "accounts.create_user": (
                "POST", "/v1/users", {**new, "first_name": "A", "last_name": "B", "role": "user"},
            ),
            "accounts.update_user": ("PATCH", f"/v1/users/{user.user_id}", {"city": "London"}),
            "accounts.delete_user": ("DELETE", f"/v1/users/{user.user_id}", None),
        }[module]  # fmt: skip

    def _plan(self, module: str) -> tuple[str, str, Any]:
        plan = plan_admin.body()
        if module == "accounts.create_plan":
            return "POST", plan_admin.PLANS, plan
        assert plan_admin.create(self.root, plan).status == 201
        path = f"{plan_admin.PLANS}/{plan['name']}"
        if module == "accounts.update_plan":
            return "PATCH", path, {"max_buckets": 2}
        return "DELETE", path, None


@contextmanager
def locked(bench: Bench, world: World) -> Iterator[None]:
    """Hold what three calls need: two products, and a SKU that somebody is about to take."""
    keys = {module: skus.key(world.skus[LOCKED, module]) for module in HISTORY}
    with beside(bench) as db:
        held = db.execute(
            sa.select(products).where(products.c.sku_key.in_(keys.values())).with_for_update()
        )
        row = dict(held.mappings().all()[0])
        taken = {"id": uuid4(), "sku_key": keys["catalog.create"]}
        db.execute(products.insert().values(row | taken))
        yield


def begin(start: Start, how: str, module: str, event: Json, port: dict[str, str]) -> Lane:
    """Start a call for which PostgreSQL is not there, or not for long."""
    act = Act.FREEZE_BEFORE if how == BEFORE else Act.FREEZE_AFTER
    plan = {"SQL COMMIT": Fault(act, ALWAYS)} if how in (BEFORE, AFTER) else {}
    return start(plan, module, event, **({"DATABASE_URL": port[how]} if how in AWAY else {}))


def asleep(bench: Bench) -> Outcome:
    """Ask on a connection that was good, as a function does that was frozen for a while."""
    event = http_event("GET", "/v1/products")
    with bench.here() as faults:
        assert invoke("catalog.list", event)["statusCode"] == 200
        faults.dark.set()
        begin = time.monotonic()
        return Outcome(invoke("catalog.list", event), time.monotonic() - begin)


@pytest.fixture(scope="module")
def world(session_bench: Bench) -> World:
    """Make all calls, and wait for their ends."""
    world = World()
    events = {case: world.event(case) for case in CASES}
    with ExitStack() as stack:
        ports = {
            "refuses": stack.enter_context(closed_port()),
            "is silent": stack.enter_context(silent_port()),
        }
        url = make_url(session_bench.direct["DATABASE_URL"])
        urls = {
            how: url.set(port=port).render_as_string(hide_password=False)
            for how, port in ports.items()
        }
        stack.enter_context(locked(session_bench, world))
        start = stack.enter_context(lanes(session_bench))
        calls = [case for case in CASES if case[0] != IDLE]
        started = {case: begin(start, *case, events[case], urls) for case in calls}
        world.outcomes[IDLE, "catalog.list"] = asleep(session_bench)
        for case, lane in started.items():
            outcome = lane.worker.outcome()
            assert outcome is not None
            world.outcomes[case] = outcome
    return world


@pytest.mark.parametrize(("how", "module"), CASES)
def test_the_answer_is_503_in_time(world: World, how: str, module: str) -> None:
    assert_unavailable(world.outcomes[how, module])


@pytest.mark.parametrize(("how", "module"), [case for case in CASES if case[1] in WRITERS])
def test_what_was_answered_with_503_is_done_or_not_and_works_later(
    world: World, how: str, module: str
) -> None:
    sku, history = world.skus.get((how, module)), HISTORY.get(module, [])
    if sku:
        assert actions(sku) == (history if how == AFTER else history[:-1])
        assert_sound(sku)
    answer = invoke(module, world.events[how, module])
    assert answer["statusCode"] == WRITERS[module][how == AFTER], answer
    if sku:
        assert actions(sku) == history
        assert_sound(sku)
