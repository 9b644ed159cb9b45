"""Plain values go into DynamoDB's form and come back; expressions name what they use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from fragua import dynamodb
from fragua.errors import Conflict, Refused, Unavailable
from tests.unit.conftest import stubbed

# What our items hold. DynamoDB keeps 38 digits; sizes and times need at most 19.
simple = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.floats(-(2.0**40), 2.0**40, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-99)
)
nested = st.lists(st.integers(-(2**63), 2**63)) | st.dictionaries(st.text(min_size=1), st.text())


@given(st.dictionaries(st.text(min_size=1), simple | nested))
def test_what_goes_in_comes_out(item: dict[str, Any]) -> None:
    assert dynamodb.plain(dynamodb.attributes(item)) == item


@given(st.integers(-(10**37), 10**37))
def test_a_whole_number_stays_one(value: int) -> None:
    back = dynamodb.plain(dynamodb.attributes({"n": value}))["n"]
    assert (type(back), back) == (int, value)


@given(st.uuids())
def test_an_id_is_kept_as_its_text(value: Any) -> None:
    assert dynamodb.attributes({"id": value}) == {"id": {"S": str(value)}}


def test_an_expression_names_what_stands_in_it_and_nothing_else() -> None:
    text = "SET #status = :to, #ttl = :ttl REMOVE #due_at"
    assert dynamodb.expression(text, {"to": "ready", "ttl": 5, "unused": 1}) == {
        "ExpressionAttributeNames": {"#status": "status", "#ttl": "ttl", "#due_at": "due_at"},
        "ExpressionAttributeValues": {":to": {"S": "ready"}, ":ttl": {"N": "5"}},
    }


def test_an_expression_without_placeholders_adds_nothing() -> None:
    assert dynamodb.expression("", {"unused": 1}) == {}


@pytest.fixture
def store(environment: dict[str, str]) -> Any:
    """DynamoDB as a list of answers."""
    with stubbed("dynamodb") as stub:
        yield stub


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        (["None", "ConditionalCheckFailed", "ConditionalCheckFailed"], 1),
        (["ConditionalCheckFailed", "TransactionConflict"], 0),
    ],
)
def test_a_transaction_tells_which_condition_failed(
    store: Stubber, reasons: list[str], expected: int
) -> None:
    store.add_client_error(
        "transact_write_items",
        "TransactionCanceledException",
        modeled_fields={"CancellationReasons": [{"Code": code} for code in reasons]},
    )
    assert dynamodb.transact([{"Put": dynamodb.put_action("t", {"a": 1})}]) == expected


def lose(store: Stubber, operation: str) -> None:
    """Announce that the next write meets somebody else's transaction."""
    if operation == "update_item":
        store.add_client_error(operation, "TransactionConflictException", http_status_code=400)
        return
    reasons = {"CancellationReasons": [{"Code": "TransactionConflict"}]}
    store.add_client_error(operation, "TransactionCanceledException", modeled_fields=reasons)


def write(operation: str) -> object:
    if operation == "update_item":
        return dynamodb.update("t", {"a": 1}, "SET #b = :b", b=2)
    return dynamodb.transact([{"Put": dynamodb.put_action("t", {"a": 1})}])


@pytest.mark.parametrize("operation", ["update_item", "transact_write_items"])
def test_a_write_that_lost_a_race_is_sent_again(store: Stubber, operation: str) -> None:
    lose(store, operation)
    lose(store, operation)
    store.add_response(operation, {"Attributes": {}} if operation == "update_item" else {})
    write(operation)
    store.assert_no_pending_responses()


@pytest.mark.parametrize("operation", ["update_item", "transact_write_items"])
def test_a_write_that_loses_every_race_has_written_nothing(store: Stubber, operation: str) -> None:
    for _ in range(6):
        lose(store, operation)
    with pytest.raises(Conflict):
        write(operation)
    store.assert_no_pending_responses()


def test_a_read_that_was_not_finished_is_no_answer(store: Stubber) -> None:
    left = {"t": {"Keys": [{"id": {"S": "1"}}]}}
    store.add_response("batch_get_item", {"Responses": {}, "UnprocessedKeys": left})
    with pytest.raises(Unavailable):
        dynamodb.batch_get({"t": {"id": "1"}})


def test_a_condition_that_failed_is_an_answer(store: Stubber) -> None:
    store.add_client_error("update_item", "ConditionalCheckFailedException")
    assert dynamodb.update("t", {"a": 1}, "SET #b = :b", "#b < :b", b=2) is None


ACTIONS = [{"Put": dynamodb.put_action("t", {"a": 1})}]


@pytest.mark.parametrize(
    ("operation", "do"),
    [
        ("put_item", lambda: dynamodb.put("t", {"a": 1})),
        ("update_item", lambda: dynamodb.update("t", {"a": 1}, "SET #b = :b", b=2)),
        ("transact_write_items", lambda: dynamodb.transact(ACTIONS)),
    ],
    ids=["put", "update", "transact"],
)
def test_any_other_refusal_is_raised(
    store: Stubber, operation: str, do: Callable[[], object]
) -> None:
    store.add_client_error(operation, "ValidationException", http_status_code=400)
    with pytest.raises(Refused) as refused:
        do()
    assert (refused.value.code, refused.value.status) == ("ValidationException", 400)


@pytest.mark.parametrize(
    ("code", "status"),
    [("ThrottlingException", 400), ("InternalServerError", 500), ("SlowDown", 503)],
)
def test_not_now_is_told_apart_from_no(store: Stubber, code: str, status: int) -> None:
    store.add_client_error("delete_item", code, http_status_code=status)
    with pytest.raises(Unavailable) as problem:
        dynamodb.delete("t", {"a": 1})
    assert problem.value.dependency == "dynamodb"
