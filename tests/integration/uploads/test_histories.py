"""Random histories of uploads, told beside a plain model that can't be wrong in the same way.

FRAGUA_HISTORIES sets how many there are: 25 in CI and by default, 2,000 before a release.
"""

from __future__ import annotations

import os

import hypothesis
import pytest
from hypothesis.stateful import RuleBasedStateMachine

from fragua.accounts import sessions
from tests.support.backend import Client, received
from tests.support.deaths import Deaths
from tests.support.history_machine import Histories

HISTORIES = int(os.environ.get("FRAGUA_HISTORIES", "25"))


@pytest.fixture
def machine(client: Client) -> type[RuleBasedStateMachine]:
    """The histories of one user, whose services and deaths they share."""
    received()
    Histories.client = client
    # Read once: many histories outlive a token.
    Histories.account = sessions.authenticate(f"Bearer {client.token}").account
    Histories.deaths = Deaths()
    return Histories


@pytest.mark.timeout(120 + 12 * HISTORIES)
def test_no_history_loses_or_doubles_anything(machine: type[RuleBasedStateMachine]) -> None:
    hypothesis.stateful.run_state_machine_as_test(
        machine,
        settings=hypothesis.settings(
            max_examples=HISTORIES,
            stateful_step_count=18,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
