"""Accounts as they cross HTTP."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import email_validator
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from fragua.accounts.store import Role
from fragua.schemas import Answer, Name, Request, Time, printable

# Private networks have addresses under .local or .test: the form is judged, not the domain.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def _email(text: str) -> str:
    try:
        email_validator.validate_email(text, check_deliverability=False)
    except email_validator.EmailNotValidError as error:
        raise ValueError("is not a valid e-mail address") from error
    return text


def _each_once(heights: list[int]) -> list[int]:
    if len(set(heights)) < len(heights):
        raise ValueError("must name each height once")
    return sorted(heights)


Email = Annotated[str, Field(max_length=254), AfterValidator(printable), AfterValidator(_email)]
Password = Annotated[str, Field(min_length=10, max_length=128)]
# What somebody types to log in is compared, not judged; the limit only bounds the work.
Typed = Annotated[str, Field(max_length=1024)]


class NewAccount(Request):
    """What every new account needs."""

    email: Email
    password: Password
    first_name: Name
    last_name: Name


class Registration(NewAccount):
    """A new account of one's own."""

    city: Name | None = None
    country: Name | None = None


class Login(Request):
    """Credentials."""

    email: Typed
    password: Typed


class Refresh(Request):
    """A refresh token, to be spent."""

    refresh_token: Annotated[str, Field(max_length=4096)]


class Logout(Request):
    """Which sessions to end: this one, or every one of the account."""

    everywhere: bool = False


class PasswordChange(Request):
    """The old password, and the one that replaces it."""

    current_password: Typed
    new_password: Password


class ProfileChange(Request):
    """Fields of the own profile; what is left out stays. `null` clears city or country."""

    # Left out is not null: the defaults are never used, and the document shows none.
    first_name: Annotated[Name, Field(default_factory=str)]
    last_name: Annotated[Name, Field(default_factory=str)]
    city: Name | None = None
    country: Name | None = None


# A plan's name is a step of a URL.
PlanName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


class NewUser(NewAccount):
    """A new account that somebody else makes. Its password is told to its owner past us."""

    role: Role
    plan: PlanName = "basic"


class UserChange(ProfileChange):
    """Fields of somebody's account; what is left out stays."""

    role: Annotated[Role, Field(default_factory=str)]
    plan: Annotated[PlanName, Field(default_factory=str)]
    active: Annotated[bool, Field(default_factory=bool)]


class Superadmin(Request):
    """Whom to make a superadmin. The password is that of the account, or of one to be made."""

    email: Email
    password: Password | None = None
    only_first: bool = False


class User(Answer):
    """An account as its owner and admins see it."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    city: str | None
    country: str | None
    role: Role
    plan: str
    active: bool
    created_at: Time


class UserPage(Answer):
    """A page of users, newest first."""

    items: list[User]
    next_cursor: str | None


class Tokens(Answer):
    """A session's tokens. Lifetimes are in seconds."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str
    refresh_expires_in: int
    user: User


class SessionInfo(Answer):
    """What an access token stands for; `expires_at` is the token's own end."""

    user_id: UUID
    email: str
    role: Role
    plan: str
    session_id: UUID
    expires_at: Time


# Pixels of thumbnails, each once; they are shown from the lowest up.
Heights = Annotated[
    list[Annotated[int, Field(ge=1, le=2160)]], Field(max_length=10), AfterValidator(_each_once)
]
# S3 keeps no object of more than 50 TB; what PostgreSQL counts in is larger than any store.
FileSize = Annotated[int, Field(ge=0, le=50 * 10**12)]
Quota = Annotated[int, Field(ge=0, lt=2**63)]
BucketCount = Annotated[int, Field(ge=0, le=100)]


class _PlanFields(BaseModel):
    name: PlanName
    thumbnail_heights: Heights
    original_link: bool
    temporary_links: bool
    max_file_size: FileSize
    storage_quota: Quota
    max_buckets: BucketCount


class NewPlan(_PlanFields, Request):
    """A plan to be made. Sizes are in bytes, heights in pixels."""


class Plan(_PlanFields, Answer):
    """What an account may use. Sizes are in bytes, heights in pixels."""


class PlanChange(Request):
    """Fields of a plan; what is left out stays."""

    # Left out is not null: the defaults are never used, and the document shows none.
    thumbnail_heights: Annotated[Heights, Field(default_factory=list)]
    original_link: Annotated[bool, Field(default_factory=bool)]
    temporary_links: Annotated[bool, Field(default_factory=bool)]
    max_file_size: Annotated[FileSize, Field(default_factory=int)]
    storage_quota: Annotated[Quota, Field(default_factory=int)]
    max_buckets: Annotated[BucketCount, Field(default_factory=int)]


class PlanList(Answer):
    """A page of plans."""

    items: list[Plan]
    next_cursor: str | None
