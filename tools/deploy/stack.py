"""The stack as it stands: whether it can be deployed to, and what it has to say."""

from __future__ import annotations

from typing import Any, Literal

from botocore.exceptions import ClientError

from tools.deploy.errors import Refused

Described = dict[str, Any]
Kind = Literal["CREATE", "UPDATE"]

_UPDATABLE = {
    *("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"),
    *("IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"),
}
# A change set has been made for it, and nothing else.
_EMPTY = "REVIEW_IN_PROGRESS"


def described(cloudformation: Any, name: str) -> Described | None:
    """What CloudFormation says of a stack; None where there is none."""
    try:
        answer = cloudformation.describe_stacks(StackName=name)
    except ClientError as error:
        # The only code there is for it, and the one of much else. A proxy's answer has none.
        said = error.response.get("Error", {})
        if said.get("Code") == "ValidationError" and "does not exist" in said.get("Message", ""):
            return None
        raise
    found: Described = answer["Stacks"][0]
    return found


def outputs(found: Described | None) -> dict[str, str]:
    """The outputs of a stack by their names."""
    said = found.get("Outputs", []) if found else []
    return {one["OutputKey"]: one["OutputValue"] for one in said}


def kind(found: Described | None) -> Kind:
    """Whether a change set has to create the stack or to update it. Raises Refused."""
    status = found["StackStatus"] if found else _EMPTY
    if found is None or status == _EMPTY:
        return "CREATE"
    if status not in _UPDATABLE:
        raise Refused(f"{found['StackName']} is in {status}: {_advice(status, found['StackName'])}")
    return "UPDATE"


def _advice(status: str, name: str) -> str:
    if status == "UPDATE_ROLLBACK_FAILED":
        return (
            "mend what its events complain of, then "
            f"`aws cloudformation continue-update-rollback --stack-name {name}`"
        )
    if status.endswith("_IN_PROGRESS"):
        return "another operation is under way; try again when it has ended"
    return (
        "it was never created to the end, and can only be deleted: "
        f"`aws cloudformation delete-stack --stack-name {name}`, then try again "
        "(a database that is protected goes only after "
        "`aws rds modify-db-instance --no-deletion-protection`)"
    )
