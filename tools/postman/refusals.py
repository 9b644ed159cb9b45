"""Requests that have to be refused, for every route of the document that can refuse them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tools.postman.document import JSON, Examples, Operation
from tools.postman.scenario import Step

# A UUIDv7 that nobody has, and what is none.
UNKNOWN, MALFORMED = "01890000-0000-7000-8000-00000000dead", "no-id"


def _ids(operation: Operation, value: str) -> dict[str, str]:
    """`value` for each parameter of the path that is an id."""
    return {
        one["name"]: value
        for one in operation.parameters("path")
        if one["schema"].get("format") == "uuid"
    }


def _text(operation: Operation) -> str | None:
    """A body for the routes that read no JSON."""
    return "{{content}}" if operation.body_type not in {None, JSON} else None


def _refused(
    operation: Operation, why: str, status: int, value: str = UNKNOWN, **more: Any
) -> Step:
    """A request with `value` for each id, and what has to come of it."""
    return Step(
        route=operation.route,
        name=f"{operation.summary}, {why}",
        status=status,
        path=_ids(operation, value),
        **{"as_admin": operation.restricted, **more},
    )


def without_token(operations: Iterable[Operation]) -> list[Step]:
    """Each closed route without a token: 401, whatever else may be wrong."""
    expect = {"code": "token_missing"}
    return [
        _refused(one, "without a token", 401, token=False, text=_text(one), expect=expect)
        for one in operations
        if one.closed
    ]


def without_role(operations: Iterable[Operation]) -> list[Step]:
    """Each route that is for some roles alone, by a user: 403, whatever else may be wrong."""
    more: dict[str, Any] = {"as_admin": False, "expect": {"code": "forbidden"}}
    return [
        _refused(one, "without the role", 403, text='{"', content_type=JSON, **more)
        for one in operations
        if one.restricted
    ]


def wrong_ids(operations: Iterable[Operation]) -> list[Step]:
    """Each route of one thing with an id that nobody has, and with none: 404 in both cases."""
    expect = {"code": "not_found"}
    return [
        _refused(one, why, 404, value, text=_text(one), expect=expect)
        for one in operations
        for why, value in (("unknown id", UNKNOWN), ("malformed id", MALFORMED))
        if _ids(one, value)
    ]


def wrong_bodies(operations: Iterable[Operation], examples: Examples) -> list[Step]:
    """Each route that needs a body, with one that is broken, of another type, or does not fit."""
    found = []
    for one in operations:
        if one.body_type == JSON and one.body_needed:
            found += [_broken(one), _mistyped(one), *_unfit(one, examples)]
        elif one.body_needed:
            found += [_mistyped(one)]
    return found


def _broken(operation: Operation) -> Step:
    expect = {"code": "malformed_body"}
    return _refused(operation, "broken JSON", 400, text='{"', expect=expect)


def _mistyped(operation: Operation) -> Step:
    expect = {"code": "unsupported_media_type"}
    wrong = {"text": "{{content}}", "content_type": "text/plain"}
    return _refused(operation, "another media type", 415, **wrong, expect=expect)


def _unfit(operation: Operation, examples: Examples) -> list[Step]:
    """A field too many, and the first one too few; the pointer has to name it."""
    pointed = _points_at("no_such_field")
    extra = _refused(operation, "unknown field", 422, body={"no_such_field": 1}, after=pointed)
    required = examples.resolved(operation.body_schema).get("required", [])
    pointed = "\n".join(map(_points_at, required))
    absent = _refused(operation, "empty object", 422, text="{}", after=pointed)
    return [extra, absent] if required else [extra]


def _points_at(field: str) -> str:
    return (
        f'pm.test("points at /{field}", () => '
        f'pm.expect(body.errors.map((one) => one.pointer)).to.include("/{field}"));'
    )
