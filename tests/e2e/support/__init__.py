"""What the tests share: a running stack, people who use it, and the shapes of its answers."""

import pytest

# The modules with assertions in them, before they are imported: a failure says what it compared.
REWRITTEN = (
    "buckets",
    "catalog",
    "clips",
    "conventions",
    "disposition",
    "hurry",
    "images",
    "linking",
    "once",
    "people",
    "pictures",
    "plans",
    "relaying",
    "sending",
    "shapes",
    "users",
    "videos",
)
pytest.register_assert_rewrite(*(f"{__name__}.{module}" for module in REWRITTEN))
