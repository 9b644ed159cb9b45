"""Templates, read without an account."""

from __future__ import annotations


class OwnNames:
    """Lets every resource be its own name, and its ARN."""

    def ref(self, logical_id: str) -> str:
        """Return what a Ref is."""
        return logical_id

    def attribute(self, logical_id: str, name: str) -> str:
        """Return what an Fn::GetAtt is."""
        return logical_id if name == "Arn" else f"{logical_id}.{name}"
