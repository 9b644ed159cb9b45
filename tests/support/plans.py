"""The plan that new users are on, changed for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fragua.accounts import plans
from fragua.accounts.schemas import PlanChange


@contextmanager
def limits(**values: Any) -> Iterator[None]:
    """Let `basic` have other fields in the block."""
    before = next(plan for plan in plans.page(200, None)[0] if plan.name == plans.FIRST)
    plans.change(plans.FIRST, PlanChange(**values))
    try:
        yield
    finally:
        plans.change(plans.FIRST, PlanChange(**before.model_dump(include=set(values))))
