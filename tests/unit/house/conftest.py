"""What the tests of the house read: the template, as written and as translated."""

from __future__ import annotations

from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from local.template import load
from tests.support.paths import ROOT


@pytest.fixture(scope="session")
def written() -> dict[str, Any]:
    """The template as it is written."""
    template: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
    return template


@pytest.fixture(scope="session")
def resources() -> dict[str, dict[str, Any]]:
    """The template's resources as SAM translates them for CloudFormation."""
    return load(ROOT / "template.yaml").resources
