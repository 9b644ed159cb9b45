"""POST /v1/uploads: a batch of uploads begins, all or none. Nothing here touches PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from uuid import UUID

from fragua import clock, idempotency, metrics
from fragua.accounts import quota
from fragua.accounts.quota import Account, Limits
from fragua.errors import Conflict, Invalid, Problem, Refused, Unavailable
from fragua.idempotency import Claim, Once
from fragua.uploads import fragments, objects, progress, rules, service, store
from fragua.uploads.schemas import CreatedUpload, Fragment, NewUpload
from fragua.uploads.upload import Upload

# URLs in the answer to a creation, shared by its files.
_URLS = 1000
# Tries to take the quota where nothing speaks against it any more.
_TRIES = 3
# Requests to S3 side by side.
_AT_ONCE = 10


def create(
    account: Account, files: list[NewUpload], once: Once | None = None
) -> list[CreatedUpload]:
    """Begin a batch of uploads, all or none; or show the batch that the same request made before.

    Raises `Invalid`, or `Problem` file_too_large, quota_exceeded or in_progress.
    """
    with idempotency.claimed(f"uploads:{account.user_id}", once) as claim:
        if claim.ids:
            return _shown_again(account.user_id, claim.ids)
        limits = quota.limits(account)
        _judge(account, limits, files)
        sessions = [_session(account, new) for new in files]
        try:
            uploads = _begin(sessions)
        except Refused as error:
            # A bucket may have gone since the account was read.
            if lost := _lost(quota.look(account), sessions):
                raise lost from error
            raise
        _reserve(account, limits, uploads, claim)
    metrics.log("uploads created", metrics.measured(UploadsCreated=len(uploads)))
    return _shown(uploads)


def _shown(uploads: list[Upload]) -> list[CreatedUpload]:
    return [
        progress.view(upload, [], CreatedUpload, fragments=urls)
        for upload, urls in zip(uploads, _first_urls(uploads), strict=True)
    ]


def _shown_again(owner_id: UUID, ids: tuple[UUID, ...]) -> list[CreatedUpload]:
    """Show uploads that were begun before, as they are now, with new URLs while they receive."""

    def shown(upload_id: UUID) -> tuple[Upload, CreatedUpload]:
        upload, arrived = progress.look(owner_id, upload_id)
        if upload.status == "receiving":
            service.touch(upload, 0)
        return upload, progress.view(upload, arrived, CreatedUpload, fragments=[])

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        looked = list(pool.map(shown, ids))
    urls = _first_urls([upload for upload, _ in looked])
    return [
        view.model_copy(update={"fragments": some})
        for (_, view), some in zip(looked, urls, strict=True)
    ]


def _first_urls(uploads: list[Upload]) -> list[list[Fragment]]:
    """Presign the first fragments of each upload that takes them that way."""
    shares = fragments.share([_urls(upload) for upload in uploads], _URLS)
    return [
        objects.fragment_urls(upload, list(range(1, share + 1)))
        for upload, share in zip(uploads, shares, strict=True)
    ]


def _urls(upload: Upload) -> int:
    takes = upload.mode == "direct" and upload.status == "receiving"
    return upload.cut.count if takes else 0


def _judge(account: Account, limits: Limits, files: list[NewUpload]) -> None:
    faults = [
        fault
        for at, new in enumerate(files)
        for fault in rules.creation_faults(new, f"/files/{at}", quota.place(account, new.bucket))
    ]
    if faults:
        raise Invalid(*faults)
    if any(new.size > limits.max_file_size for new in files):
        raise Problem("file_too_large", max_file_size=limits.max_file_size)
    # Known to be in vain: don't bother S3. The transaction is what really decides.
    if account.committed + sum(new.size for new in files) > limits.storage_quota:
        raise _quota_exceeded(limits)


def _reserve(account: Account, limits: Limits, uploads: list[Upload], claim: Claim) -> None:
    kept = claim.keep([upload.upload_id for upload in uploads])
    for _ in range(_TRIES):
        try:
            refused = store.create(uploads, limits.storage_quota, kept)
        except Conflict:
            # Nothing was written; any other `Unavailable` leaves that open, and must not abandon.
            _abandon(uploads)
            raise
        if refused is None:
            return
        # The first step is the account's, the last one the key's.
        why = idempotency.in_progress() if refused else _refused(account, limits, uploads)
        if why:
            _abandon(uploads)
            raise why
    _abandon(uploads)
    raise Conflict("dynamodb")


def _refused(account: Account, limits: Limits, uploads: list[Upload]) -> Problem | None:
    """Tell why the account took no more: a bucket went, or the quota is used up.

    None where neither is so any more: the bucket was not dropped after all, say.
    """
    now = quota.look(account)
    full = now.committed + sum(upload.size for upload in uploads) > limits.storage_quota
    return _lost(now, uploads) or (_quota_exceeded(limits) if full else None)


def _lost(now: Account, uploads: list[Upload]) -> Problem | None:
    """Point at the files whose bucket the account no longer has."""
    lost = [
        (f"/files/{at}/bucket", rules.NO_BUCKET)
        for at, upload in enumerate(uploads)
        if quota.place(now, upload.bucket) != upload.s3_bucket
    ]
    return Invalid(*lost) if lost else None


def _quota_exceeded(limits: Limits) -> Problem:
    return Problem("quota_exceeded", storage_quota=limits.storage_quota)


def _session(account: Account, new: NewUpload) -> Upload:
    declared: dict[str, str] = {}
    if new.checksum:
        declared[new.checksum.algorithm] = new.checksum.value
    now = clock.timestamp()
    return Upload(
        owner_id=account.user_id,
        upload_id=clock.new_id(),
        file_name=new.file_name,
        size=new.size,
        content_type=new.content_type,
        bucket=new.bucket,
        # Known since it was judged.
        s3_bucket=quota.place(account, new.bucket) or "",
        mode=new.mode,
        status="receiving",
        fragment_size=new.fragment_size or fragments.default_fragment_size(new.size, new.mode),
        algorithm="crc64nvme" if "crc64nvme" in declared else "crc32",
        checksums=declared,
        multipart_id=None,
        created_at=now,
        seen_at=now,
    )


def _begin(uploads: list[Upload]) -> list[Upload]:
    """Begin the multipart uploads side by side; if one fails, drop the others.

    An empty file has none: a multipart upload can't be completed without a part. A relayed one
    gets its own when it is packed.
    """
    down = Event()

    def begin(upload: Upload) -> Upload:
        if upload.mode == "relay" or not upload.size:
            return upload
        # Where one waited in vain the others would too, and together longer than the gateway.
        if down.is_set():
            raise Unavailable("s3")
        try:
            return objects.begin(upload)
        except Unavailable:
            down.set()
            raise

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        jobs = [pool.submit(begin, upload) for upload in uploads]
    failures = [failure for job in jobs if (failure := job.exception())]
    begun = [job.result() for job in jobs if not job.exception()]
    if failures and not down.is_set():
        _abandon(begun)
    if failures:
        raise failures[0]
    return begun


def _abandon(uploads: list[Upload]) -> None:
    # Whatever stays behind when S3 does not answer is dropped by the bucket's lifecycle rule.
    with ThreadPoolExecutor(_AT_ONCE) as pool, suppress(Unavailable, Refused):
        list(pool.map(objects.abort, uploads))
