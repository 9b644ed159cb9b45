"""What a client wrote it reads at once, however far behind the replica is; others do not wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from fragua import dynamodb, freshness
from fragua.accounts import plans, store
from fragua.accounts.schemas import NewPlan
from fragua.database import engine, replicas
from fragua.settings import settings
from tests.support import catalog, editing, plan_admin, scans, videos
from tests.support.accounts import become
from tests.support.backend import Client, environment_of, invoke, new_client
from tests.support.bench import eventually
from tests.support.events import queue_event
from tests.support.outages import counted, down
from tests.support.replica import Replica
from tests.support.statements import statements

POSITION = "pg_current_wal_insert_lsn"


def me(client: Client) -> dict[str, Any]:
    answer = client.call("accounts.get_me", "GET", "/v1/users/me")
    assert answer.status == 200, answer
    found: dict[str, Any] = answer.body
    return found


def listed(client: Client, module: str, path: str, name: str, city: str | None = None) -> list[Any]:
    query = {"limit": 200} | ({"city": city} if city else {})
    answer = client.call(module, "GET", path, query=query)
    assert answer.status == 200, answer
    return [item[name] for item in answer.body["items"]]


def a_profile(client: Client) -> bool:
    client.call("accounts.update_me", "PATCH", "/v1/users/me", {"city": "Toledo"})
    return bool(me(client)["city"] == "Toledo")


def a_file(client: Client) -> bool:
    file_id = client.upload(b"written just now")["file_id"]
    found = client.call("files.get", "GET", f"/v1/files/{file_id}").status == 200
    return found and listed(client, "files.list", "/v1/files", "id") == [file_id]


def a_new_name(client: Client) -> bool:
    path = f"/v1/files/{client.upload(b'named')['file_id']}"
    client.call("files.rename", "PATCH", path, {"file_name": "new.txt"})
    return bool(client.call("files.get", "GET", path).body["file_name"] == "new.txt")


def a_deletion(client: Client) -> bool:
    path = f"/v1/files/{client.upload(b'deleted')['file_id']}"
    client.call("files.delete", "DELETE", path)
    return client.call("files.download", "GET", f"{path}/download").status == 404


def a_link(client: Client) -> bool:
    become(client, plan="enterprise")
    path = f"/v1/files/{client.upload(b'linked')['file_id']}/links"
    made = client.call("files.create_link", "POST", path, {"expires_in": 60}).body
    seen = [works(made), *listed(client, "files.list_links", path, "id")] == [True, made["id"]]
    client.call("files.revoke_link", "DELETE", f"/v1/links/{made['id']}")
    return seen and [works(made), *listed(client, "files.list_links", path, "id")] == [False]


def works(link: dict[str, Any]) -> bool:
    looked = Client().call("files.preview_link", "HEAD", f"/l/{link['token']}").status
    assert looked in (200, 410)
    return looked == 200


def a_finding(client: Client) -> bool:
    upload = client.upload(b"a virus")
    scans.tell(scans.result(scans.key_of(client, upload)))
    kept = scans.download(client, upload).status == 403
    scans.release(client, upload)
    return kept and scans.download(client, upload).status == 302


def a_bucket(client: Client) -> bool:
    name = f"b{client.user_id[-12:]}"
    client.call("buckets.create", "POST", "/v1/buckets", {"name": name})
    seen = name in listed(client, "buckets.list", "/v1/buckets", "name")
    client.call("buckets.delete", "DELETE", f"/v1/buckets/{name}")
    return seen and name not in listed(client, "buckets.list", "/v1/buckets", "name")


def a_plan(client: Client) -> bool:
    become(client, role="superadmin")
    new = plan_admin.body()
    plan_admin.create(client, new)
    plan_admin.change(client, new["name"], max_buckets=7)
    seen = new["name"] in listed(client, "accounts.list_plans", "/v1/plans", "name")
    plan_admin.delete(client, new["name"])
    return seen and new["name"] not in listed(client, "accounts.list_plans", "/v1/plans", "name")


def a_product(client: Client) -> bool:
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
    become(client, role="admin")
    product = catalog.made(client)
    deleted = catalog.delete(client, product["sku"]).status
    return (deleted, catalog.get(client, product["sku"]).status) == (204, 404)


def a_video(client: Client) -> bool:
    video_id = videos.submitted(client)
    seen = videos.look(client, video_id).status
    videos.delete(client, video_id)
    return (seen, videos.look(client, video_id).status) == (200, 404)


def a_published_video(client: Client) -> bool:
    video_id = videos.ready(client)
    videos.change(client, "publish", video_id)
    seen = video_id in listed(client, "videos.list_public", "/v1/public/videos", "id")
    videos.change(client, "unpublish", video_id)
    return seen and video_id not in listed(client, "videos.list_public", "/v1/public/videos", "id")


def a_vote(client: Client) -> bool:
    owner, city = new_client(), uuid4().hex
    owner.call("accounts.update_me", "PATCH", "/v1/users/me", {"city": city})
    video_id = videos.public(owner)
    seen = []
    for step in (videos.vote, videos.withdraw):
        step(client, video_id)
        seen.append(listed(client, "videos.list_rankings", "/v1/public/rankings", "votes", city))
    return seen == [[1], [0]]


def a_notification(client: Client) -> bool:
    become(client, role="admin")
    sku = catalog.made(catalog.new_admin())["sku"]
    (change,) = editing.changes(sku)
    invoke("notifications.tell_admins", queue_event({"history_id": str(change["id"])}))
    told = listed(client, "notifications.list", "/v1/notifications", "id")
    path = f"/v1/notifications/{told[0]}/read"
    assert client.call("notifications.read", "POST", path).status == 204
    return listed(client, "notifications.list", "/v1/notifications", "read_at") != [None]


def an_account(client: Client) -> bool:
    new = new_client()
    body = {"refresh_token": new.refresh_token}
    # Nobody is known there, but what it decides by must not be late.
    refreshed = Client().call("accounts.refresh", "POST", "/v1/auth/refresh", body)
    return refreshed.status == 200 and me(new)["email"] == new.email


def what_somebody_else_changed_of_it(client: Client) -> bool:
    become(client, plan="premium")
    return bool(me(client)["plan"] == "premium")


WRITES = (
    *(a_profile, a_file, a_new_name, a_deletion, a_link, a_bucket, a_plan, a_product, an_account),
    *(a_finding, what_somebody_else_changed_of_it, a_deleted_product, a_video),
    *(a_published_video, a_vote, a_notification),
)


@pytest.mark.parametrize("write", WRITES, ids=lambda write: str(write.__name__))
def test_what_was_written_is_read_at_once(
    behind: Replica, client: Client, write: Callable[[Client], bool]
) -> None:
    assert write(client)


def test_what_a_request_has_committed_it_reads_itself(behind: Replica) -> None:
    freshness.begin()
    new = NewPlan(**plan_admin.body())
    plans.create(UUID(int=7), new)
    assert new.name in {plan.name for plan in plans.page(200, None)[0]}


def test_a_plan_that_a_migration_brought_is_told_to_uploads_at_once(
    behind: Replica, client: Client
) -> None:
    become(client, role="superadmin")
    name = plan_admin.create(client, plan_admin.body()).body["name"]
    dynamodb.delete(settings().plans_table, {"name": name})
    freshness.begin()
    plans.write_all()
    assert store.load_limits(name)


def test_others_read_what_the_replica_has_and_do_not_ask_the_writer(
    behind: Replica, client: Client, stranger: Client
) -> None:
    become(client, role="superadmin")
    new = plan_admin.body()
    assert plan_admin.create(client, new).status == 201
    with statements() as to_the_writer:
        seen = listed(stranger, "accounts.list_plans", "/v1/plans", "name")
    assert (new["name"] in seen, to_the_writer) == (False, [])
    assert new["name"] in listed(client, "accounts.list_plans", "/v1/plans", "name")


def test_whoever_wrote_reads_at_the_replica_again_once_it_is_there(
    follower: Replica, client: Client
) -> None:
    with follower.environment():
        with follower.paused():
            assert a_profile(client)
        follower.catch_up()
        with statements() as to_the_writer, statements(engine.reader_engine) as to_the_replica:
            assert [me(client)["city"] for _ in range(3)] == ["Toledo"] * 3
    assert to_the_writer == []
    # How far it is is asked once, and then known.
    asked = [sent for sent, _ in to_the_replica if "replay" in sent]
    assert (len(asked), len(to_the_replica)) == (1, 4)


def test_a_log_that_ends_with_its_page_keeps_nobody_from_the_replica(follower: Replica) -> None:
    with follower.environment():
        with engine.engine().connect() as db:
            db.execute(sa.text("select pg_switch_wal()"))
            wanted = replicas.position(db)

        def there() -> bool:
            with engine.reader_engine().connect() as db:
                return replicas.has(db, wanted)

        # Ten seconds later the server writes something of its own.
        eventually(there, bool, seconds=4)


def noted(client: Client) -> int:
    item = dynamodb.get(settings().accounts_table, {"user_id": client.user_id})
    assert item is not None
    position: int = item.get("position", 0)
    return position


def test_a_request_that_writes_asks_once_and_notes_once(follower: Replica, client: Client) -> None:
    with follower.environment():
        before = noted(client)
        with statements() as sent, counted("dynamodb", "UpdateItem") as notes:
            assert a_profile(client)
        assert noted(client) > before
    assert len([text for text, _ in sent if POSITION in text]) == 1
    assert len(notes) == 1


def test_where_all_read_at_the_writer_nothing_is_asked_and_nothing_noted(client: Client) -> None:
    with statements() as sent, counted("dynamodb", "UpdateItem") as notes:
        assert a_profile(client)
    assert [text for text, _ in sent if "wal" in text] == []
    assert (notes, noted(client)) == ([], 0)


def test_a_server_that_is_no_replica_is_never_behind(follower: Replica, client: Client) -> None:
    with follower.environment():
        assert a_profile(client)
    # The writer by another name, as where a replica was done away with, or took its place.
    same = f"{follower.upstream}?application_name=reader"
    with environment_of({"DATABASE_READER_URL": same}), statements() as to_the_writer:
        assert me(client)["city"] == "Toledo"
        engine.reader_engine().dispose()
    assert to_the_writer == []


def test_a_note_that_fails_is_logged_and_the_request_is_answered(
    follower: Replica, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with follower.environment(), down("dynamodb", "UpdateItem"):
        answer = client.call("accounts.update_me", "PATCH", "/v1/users/me", {"city": "Toledo"})
        assert (answer.status, answer.body["city"]) == (200, "Toledo")
    assert "position not noted" in caplog.messages
    assert me(client)["city"] == "Toledo"


def test_a_position_only_goes_up_and_makes_no_account(client: Client) -> None:
    user_id, nobody = UUID(client.user_id), UUID(int=7)
    with counted("dynamodb", "UpdateItem") as notes:
        for position in (10, 5):
            store.note_position(user_id, position)
    # The role may read nothing of the item.
    assert [b"ReturnValues" in note["body"] for note in notes] == [False, False]
    store.note_position(nobody, 10)
    assert noted(client) == 10
    assert store.load_account(nobody) is None
