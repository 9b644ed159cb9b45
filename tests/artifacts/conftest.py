"""What all tests of the build share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.artifacts import Artifacts, install


@pytest.fixture(scope="session")
def built() -> Artifacts:
    """The build for this machine; without one, all tests here fail."""
    return Artifacts()


@pytest.fixture(scope="session")
def var_runtime(built: Artifacts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with awslambdaric, which Lambda brings itself."""
    folder = tmp_path_factory.mktemp("runtime")
    install(built.python, folder)
    return folder
