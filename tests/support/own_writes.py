"""What a client may write and read again at once: each does so, and tells whether it saw that."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.support import catalog, editing, plan_admin, scans, videos
from tests.support.accounts import become
from tests.support.backend import Client, invoke, new_client
from tests.support.events import queue_event


def me(client: Client) -> dict[str, Any]:
    """Return the own profile."""
    answer = client.call("accounts.get_me", "GET", "/v1/users/me")
    assert answer.status == 200, answer
    found: dict[str, Any] = answer.body
    return found


def listed(client: Client, module: str, path: str, name: str, city: str | None = None) -> list[Any]:
    """Return one value of each item of a list, of one city where that is asked for."""
    query = {"limit": 200} | ({"city": city} if city else {})
    answer = client.call(module, "GET", path, query=query)
    assert answer.status == 200, answer
    return [item[name] for item in answer.body["items"]]


def a_profile(client: Client) -> bool:
    """Change the own profile."""
    client.call("accounts.update_me", "PATCH", "/v1/users/me", {"city": "Toledo"})
    return bool(me(client)["city"] == "Toledo")


def a_file(client: Client) -> bool:
    """Upload a file."""
    file_id = client.upload(b"written just now")["file_id"]
    found = client.call("files.get", "GET", f"/v1/files/{file_id}").status == 200
    return found and listed(client, "files.list", "/v1/files", "id") == [file_id]


def a_new_name(client: Client) -> bool:
    """Rename a file."""
    path = f"/v1/files/{client.upload(b'named')['file_id']}"
    client.call("files.rename", "PATCH", path, {"file_name": "new.txt"})
    return bool(client.call("files.get", "GET", path).body["file_name"] == "new.txt")


def a_deletion(client: Client) -> bool:
    """Delete a file."""
    path = f"/v1/files/{client.upload(b'deleted')['file_id']}"
    client.call("files.delete", "DELETE", path)
    return client.call("files.download", "GET", f"{path}/download").status == 404


def a_link(client: Client) -> bool:
    """Make a link, and revoke it."""
    become(client, plan="enterprise")
    path = f"/v1/files/{client.upload(b'linked')['file_id']}/links"
    made = client.call("files.create_link", "POST", path, {"expires_in": 60}).body
    seen = [works(made), *listed(client, "files.list_links", path, "id")] == [True, made["id"]]
    client.call("files.revoke_link", "DELETE", f"/v1/links/{made['id']}")
    return seen and [works(made), *listed(client, "files.list_links", path, "id")] == [False]


def works(link: dict[str, Any]) -> bool:
    """Tell whether a link leads to its file; it is over otherwise."""
    looked = Client().call("files.preview_link", "HEAD", f"/l/{link['token']}").status
    assert looked in (200, 410)
    return looked == 200


def a_finding(client: Client) -> bool:
    """Have a scanner find something, and an operator release it."""
    upload = client.upload(b"a virus")
    scans.tell(scans.result(scans.key_of(client, upload)))
    kept = scans.download(client, upload).status == 403
    scans.release(client, upload)
    return kept and scans.download(client, upload).status == 302


def a_bucket(client: Client) -> bool:
    """Make a bucket, and delete it."""
    name = f"b{client.user_id[-12:]}"
    client.call("buckets.create", "POST", "/v1/buckets", {"name": name})
    seen = name in listed(client, "buckets.list", "/v1/buckets", "name")
    client.call("buckets.delete", "DELETE", f"/v1/buckets/{name}")
    return seen and name not in listed(client, "buckets.list", "/v1/buckets", "name")


def a_plan(client: Client) -> bool:
    """Make a plan, change it, and delete it."""
    become(client, role="superadmin")
    new = plan_admin.body()
    plan_admin.create(client, new)
    plan_admin.change(client, new["name"], max_buckets=7)
    seen = new["name"] in listed(client, "accounts.list_plans", "/v1/plans", "name")
    plan_admin.delete(client, new["name"])
    return seen and new["name"] not in listed(client, "accounts.list_plans", "/v1/plans", "name")


def a_product(client: Client) -> bool:
    """Make a product."""
    become(client, role="admin")
    price = {"amount": "1.00", "currency": "EUR"}
    new = {"sku": client.user_id, "name": "Anvil", "brand": "Acme", "price": price}
    assert client.call("catalog.create", "POST", "/v1/products", new).status == 201
    # These are everybody's, but whoever says who he is sees what he made.
    path = f"/v1/products/{client.user_id}"
    shown = [client.call("catalog.get", "GET", path).status]
    shown += [client.call("catalog.head", "HEAD", path).status]
    shown += [Client().call("catalog.get", "GET", path).status]
    return shown == [200, 200, 404] and [
        client.user_id in listed(who, "catalog.list", "/v1/products", "sku")
        for who in (client, Client())
    ] == [True, False]


def a_deleted_product(client: Client) -> bool:
    """Delete a product."""
    become(client, role="admin")
    product = catalog.made(client)
    deleted = catalog.delete(client, product["sku"]).status
    return (deleted, catalog.get(client, product["sku"]).status) == (204, 404)


def a_video(client: Client) -> bool:
    """Submit a video, and delete it."""
    video_id = videos.submitted(client)
    seen = videos.look(client, video_id).status
    videos.delete(client, video_id)
    return (seen, videos.look(client, video_id).status) == (200, 404)


def a_published_video(client: Client) -> bool:
    """Publish a video, and take it back."""
    video_id = videos.ready(client)
    videos.change(client, "publish", video_id)
    seen = video_id in listed(client, "videos.list_public", "/v1/public/videos", "id")
    videos.change(client, "unpublish", video_id)
    return seen and video_id not in listed(client, "videos.list_public", "/v1/public/videos", "id")


def a_vote(client: Client) -> bool:
    """Vote for a video, and take that back."""
    owner, city = new_client(), uuid4().hex
    owner.call("accounts.update_me", "PATCH", "/v1/users/me", {"city": city})
    video_id = videos.public(owner)
    seen = []
    for step in (videos.vote, videos.withdraw):
        step(client, video_id)
        seen.append(listed(client, "videos.list_rankings", "/v1/public/rankings", "votes", city))
    return seen == [[1], [0]]


def a_notification(client: Client) -> bool:
    """Read a notification."""
    become(client, role="admin")
    sku = catalog.made(catalog.new_admin())["sku"]
    (change,) = editing.changes(sku)
    invoke("notifications.tell_admins", queue_event({"history_id": str(change["id"])}))
    told = listed(client, "notifications.list", "/v1/notifications", "id")
    path = f"/v1/notifications/{told[0]}/read"
    assert client.call("notifications.read", "POST", path).status == 204
    return listed(client, "notifications.list", "/v1/notifications", "read_at") != [None]


def an_account(client: Client) -> bool:
    """Make an account."""
    new = new_client()
    body = {"refresh_token": new.refresh_token}
    # Nobody is known there, but what it decides by must not be late.
    refreshed = Client().call("accounts.refresh", "POST", "/v1/auth/refresh", body)
    return refreshed.status == 200 and me(new)["email"] == new.email


def what_somebody_else_changed_of_it(client: Client) -> bool:
    """Have somebody else change the account."""
    become(client, plan="premium")
    return bool(me(client)["plan"] == "premium")


WRITES = (
    *(a_profile, a_file, a_new_name, a_deletion, a_link, a_bucket, a_plan, a_product, an_account),
    *(a_finding, what_somebody_else_changed_of_it, a_deleted_product, a_video),
    *(a_published_video, a_vote, a_notification),
)
