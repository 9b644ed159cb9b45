"""Settings come from the environment, whole or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fragua.settings import Settings
from tests.unit.conftest import ENVIRONMENT

OPTIONAL = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
NEEDED = [name for name in ENVIRONMENT if name not in OPTIONAL]


@pytest.mark.parametrize("name", NEEDED)
def test_the_error_names_the_variable_that_is_missing_or_empty(name: str) -> None:
    without = {k: v for k, v in ENVIRONMENT.items() if k != name}
    for environment in (without, {**without, name: ""}):
        with pytest.raises(RuntimeError, match=rf"\b{name}\b"):
            Settings.of(environment)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Settings.of(ENVIRONMENT).stage = "other"  # type: ignore[misc] # that is the point


def test_without_a_scale_limits_are_as_they_stand() -> None:
    assert Settings.of(ENVIRONMENT).scaled(90) == 90


WRITER, READER = {"DATABASE_WRITER_URL": "writer"}, {"DATABASE_READER_URL": "reader"}
LAPTOP = {"DATABASE_URL": "laptop"}
SECRET, HOST = {"DATABASE_SECRET": "arn"}, {"DATABASE_READER_HOST": "replica"}


@pytest.mark.parametrize(
    ("given", "written", "has_reader"),
    [
        (LAPTOP, "laptop", False),
        (WRITER | LAPTOP, "writer", False),
        (LAPTOP | READER, "laptop", True),
        (WRITER | READER, "writer", True),
        (WRITER | {"DATABASE_READER_URL": "writer"}, "writer", False),
        (SECRET, "", False),
        (SECRET | HOST, "", True),
        (SECRET | HOST | LAPTOP, "laptop", False),
        (SECRET | READER, "", True),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else repr(value),
)
def test_the_database_is_read_where_it_is_written_unless_another_place_is_named(
    given: dict[str, str], written: str, has_reader: bool
) -> None:
    found = Settings.of({**ENVIRONMENT, **given})
    assert (found.database_writer_url, found.has_reader) == (written, has_reader)


@pytest.mark.parametrize("text", ["60", "60.0", str(1 / 60), "6e1"])
def test_a_scale_and_its_inverse_mean_the_same(text: str) -> None:
    scaled = Settings.of({**ENVIRONMENT, "FRAGUA_TIME_SCALE": text}).scaled
    assert scaled(3600) == pytest.approx(60)


@given(st.floats(1e-6, 1e6))
def test_a_scale_never_makes_a_limit_longer(scale: float) -> None:
    assert Settings.of({**ENVIRONMENT, "FRAGUA_TIME_SCALE": repr(scale)}).scaled(60) <= 60


COUNTS = ["REGISTRATIONS_PER_ACCOUNT", "REGISTRATIONS_PER_ADDRESS"]


def test_registrations_are_counted_where_nothing_is_said_of_it() -> None:
    usual = Settings.of(ENVIRONMENT)
    assert (usual.registrations_per_account, usual.registrations_per_address) == (10, 300)


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("text", ["0", "-1", "1.5", "nan", "inf", "", "many"])
def test_a_number_of_registrations_that_is_none_is_named(name: str, text: str) -> None:
    with pytest.raises(RuntimeError, match=name):
        Settings.of({**ENVIRONMENT, name: text})


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "-inf", "", "fast", "1,5"])
def test_a_scale_that_is_none_is_named(text: str) -> None:
    with pytest.raises(RuntimeError, match="FRAGUA_TIME_SCALE"):
        Settings.of({**ENVIRONMENT, "FRAGUA_TIME_SCALE": text})
