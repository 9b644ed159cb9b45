"""Every function answers the event that stands under events/ for it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from fragua.accounts import plans
from fragua.accounts.schemas import NewPlan
from fragua.buckets import service as buckets
from fragua.catalog import service as catalog
from fragua.catalog.schemas import NewProduct, Price
from fragua.catalog.tables import history
from fragua.database import writer
from fragua.errors import Problem
from fragua.notifications import service as notifications
from fragua.settings import settings
from tests.e2e.support.pictures import png
from tests.support import videos
from tests.support.accounts import become
from tests.support.backend import MIB, Client, invoke, new_client
from tests.support.footage import clip
from tests.support.paths import ROOT

EVENTS = sorted((ROOT / "events").glob("*/*.json"))
UPLOAD, FILE = "019aa3c0-0000-7000-8000-000000000001", "019aa3c0-0000-7000-8000-000000000002"
# What the event of put_fragment carries.
FRAGMENT = b"Fragments in, one verified file out.\n"
USER = "019aa3c0-0000-7000-8000-000000000005"
NOTIFICATION = "019aa3c0-0000-7000-8000-000000000006"
VIDEO = "019aa3c0-0000-7000-8000-000000000007"
SIGNING_KEY = "arn:aws:secretsmanager:us-east-1:123456789012:secret:SigningKey"
OWNER, LINK = "019aa3c0-0000-7000-8000-000000000003", "019aa3c0-0000-7000-8000-000000000004"

# What a worker answers that has done all its messages.
ALL_DONE: dict[str, list[str]] = {"batchItemFailures": []}

# What the function answers where that is not 200, or what it returns where it has no route.
EXPECTED: dict[str, Any] = {
    "accounts/register": 201,
    "accounts/login": 401,  # the event's user is registered only in whoever's deployment
    "accounts/logout": 204,
    "accounts/change_password": 204,
    "accounts/bootstrap": {"created", "user_id"},
    "accounts/rotate_key": {"step", "version"},
    "accounts/create_user": 201,
    "accounts/delete_user": 204,
    "accounts/create_plan": 201,
    "accounts/delete_plan": 204,
    "buckets/create": 201,
    "buckets/delete": 204,
    "files/create_link": 201,
    "files/quarantine": ALL_DONE,
    "files/revoke_link": 204,
    "files/follow_link": 302,
    "images/make_thumbnails": ALL_DONE,
    "notifications/send_mail": ALL_DONE,
    "videos/create": 202,
    "videos/delete": 204,
    "videos/vote": 201,
    "videos/withdraw_vote": 204,
    "videos/render": ALL_DONE,
    "uploads/create": 201,
    "uploads/put_fragment": 204,
    "uploads/complete": 202,
    "uploads/abort": 204,
    "uploads/assemble": ALL_DONE,
    "uploads/give_up": ALL_DONE,
    "uploads/sweep": {"mended"},
    "files/delete": 204,
    "catalog/create": 201,
    "catalog/delete": 204,
    "catalog/count_views": ALL_DONE,
    "notifications/read": 204,
    "notifications/tell_admins": ALL_DONE,
    "database/migrate": {"revision", "role"},
    "database/sweep_outbox": {"done", "failed", "forgotten", "begun_again"},
}


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def needs_a_plan(client: Client) -> None:
    """Let there be the plan that the events name, and the caller change it."""
    become(client, role="superadmin")
    event = json.loads((ROOT / "events" / "accounts" / "create_plan.json").read_text())
    with suppress(Problem):
        plans.create(UUID(client.user_id), NewPlan(**json.loads(event["body"])))


def needs_no_plan(client: Client) -> None:
    """Let there be no plan of the event's name."""
    needs_a_plan(client)
    plans.delete("team")


def needs_superadmin(client: Client) -> None:
    """Let the caller change other people's accounts."""
    become(client, role="superadmin")


def needs_a_bucket(client: Client) -> None:
    """Let there be the bucket that the event deletes."""
    buckets.create(UUID(client.user_id), "old-pictures")


def needs_links(client: Client) -> None:
    """Let the caller make links."""
    become(client, plan="enterprise")


def needs_a_product(client: Client) -> None:
    """Let there be the product that the events name, at its first version."""
    needs_superadmin(client)
    editor, price = UUID(client.user_id), Price(amount="12.50", currency="USD")
    with suppress(Problem):
        catalog.delete(editor, "forge-1", None)
    new = NewProduct(sku="FORGE-1", name="Anvil", brand="Vulcan", price=price)
    catalog.create(editor, new)


def needs_no_product(client: Client) -> None:
    """Let there be no product of the SKU that the event makes."""
    needs_superadmin(client)
    with suppress(Problem):
        catalog.delete(UUID(client.user_id), "forge-2", None)


def told(client: Client) -> str:
    """Tell the client of a change; return the notification's id."""
    other = new_client()
    needs_superadmin(client)
    needs_a_product(other)
    with writer() as db:
        query = sa.select(history.c.id).where(history.c.changed_by == UUID(other.user_id))
        history_id = db.execute(query.order_by(history.c.id.desc()).limit(1)).scalar_one()
    notifications.tell_admins(history_id)
    return str(notifications.page(UUID(client.user_id), 1, None)[0][0].id)


NEEDS: dict[str, Callable[[Client], None]] = {
    "accounts/list_users": needs_superadmin,
    "accounts/get_user": needs_superadmin,
    "accounts/create_user": needs_superadmin,
    "accounts/update_user": needs_superadmin,
    "accounts/delete_user": needs_superadmin,
    "accounts/create_plan": needs_no_plan,
    "accounts/update_plan": needs_a_plan,
    "accounts/delete_plan": needs_a_plan,
    "buckets/delete": needs_a_bucket,
    **dict.fromkeys(
        ("catalog/get", "catalog/head", "catalog/update", "catalog/delete", "catalog/history"),
        needs_a_product,
    ),
    "catalog/create": needs_no_product,
    "catalog/report_views": needs_superadmin,
    "files/create_link": needs_links,
}


def linked(client: Client) -> dict[str, Any]:
    """Make a link of a file of the client's."""
    needs_links(client)
    file_id = client.upload(b"linked")["file_id"]
    path = f"/v1/files/{file_id}/links"
    answer = client.call("files.create_link", "POST", path, {"expires_in": 60})
    assert answer.status == 201, answer
    link: dict[str, Any] = answer.body
    return link


def a_video(name: str, client: Client) -> str:
    """Make a video that is as a function needs it; return its id."""
    if name == "render":
        return videos.submitted(client)
    if name == "unpublish":
        return videos.public(client)
    if name not in ("vote", "withdraw_vote"):
        return videos.ready(client)
    video_id = videos.public(new_client())
    if name == "withdraw_vote":
        assert videos.vote(client, video_id).status == 201
    return video_id


def told_of(path: Path, text: str, client: Client) -> str:
    """Put into an event whom and what it is about, where that is a user, news, or a version."""
    if NOTIFICATION in text:
        text = text.replace(NOTIFICATION, told(client))
    if USER in text:
        text = text.replace(USER, new_client().user_id)
    if VIDEO in text:
        text = text.replace(VIDEO, a_video(path.stem, client))
    if name_of(path) == "catalog/update":
        # In a deployment it is the version that was read.
        text = text.replace('\\"1\\"', f'\\"{catalog.version("forge-1")}\\"')
    return text


def prepared(path: Path, client: Client) -> dict[str, Any]:
    """Read an event and put real tokens and ids where it has placeholders."""
    data = os.urandom(6 * MIB)
    text = path.read_text()
    if name_of(path) in NEEDS:
        NEEDS[name_of(path)](client)
    if path.stem == "put_fragment":
        new = {"file_name": "a.txt", "size": len(FRAGMENT), "mode": "relay"}
        text = text.replace(UPLOAD, client.create(new)[0]["id"])
    if path.stem == "quarantine":
        text = text.replace(UPLOAD, client.upload(data)["id"]).replace(OWNER, client.user_id)
        text = text.replace("DEFAULT_BUCKET", settings().default_bucket)
    if UPLOAD in text:
        text = text.replace(UPLOAD, client.begin(data)["id"]).replace(OWNER, client.user_id)
    if FILE in text:
        bytes_of: dict[str, Callable[[], bytes]] = {"images": png, "videos": clip}
        data = bytes_of.get(path.parent.name, lambda: data)()
        text = text.replace(FILE, client.upload(data)["file_id"])
    text = told_of(path, text, client)
    if LINK in text or "LINK_TOKEN" in text:
        link = linked(client)
        text = text.replace(LINK, link["id"]).replace("LINK_TOKEN", link["token"])
    text = text.replace(SIGNING_KEY, settings().signing_key_secret)
    text = text.replace("ACCESS_TOKEN", client.token or "")
    event: dict[str, Any] = json.loads(text.replace("REFRESH_TOKEN", client.refresh_token))
    return event


def outcome(answer: dict[str, Any], name: str) -> Any:
    """Return as much of an answer as is expected of it: all, its fields' names, or a status."""
    expected = EXPECTED.get(name)
    if isinstance(expected, dict):
        return answer
    return set(answer) if isinstance(expected, set) else answer["statusCode"]


@pytest.mark.parametrize("path", EVENTS, ids=name_of)
def test_a_function_answers_its_event(path: Path, client: Client) -> None:
    answer = invoke(name_of(path).replace("/", "."), prepared(path, client))
    assert outcome(answer, name_of(path)) == EXPECTED.get(name_of(path), 200)
