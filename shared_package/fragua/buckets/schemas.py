"""Buckets as they cross HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import RowMapping

from fragua.schemas import Answer, Request, Time
from fragua.settings import settings

# Part of no name in S3, but of answers and of lists in DynamoDB.
BucketName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$")]


class NewBucket(Request):
    """A bucket to be made."""

    name: BucketName


class Bucket(Answer):
    """A bucket. The default one, which everybody may store in, has no owner."""

    name: str
    owner_id: UUID | None
    created_at: Time
    region: str

    @classmethod
    def of(cls, row: RowMapping) -> Bucket:
        """Show a row of the table `buckets`: all are in the deployment's own region."""
        return cls.model_validate({**row, "region": settings().region})


class BucketPage(Answer):
    """A page of buckets, newest first."""

    items: list[Bucket]
    next_cursor: str | None
