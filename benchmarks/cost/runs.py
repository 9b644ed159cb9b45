"""What one upload, download or view asks of AWS: which functions run, and their requests.

Counted, not guessed: tests/integration/test_costs.py lets the functions do it and compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MIB = 2**20
# What files are cut into where nobody asks for something else (fragua.uploads.fragments), and from
# how many bytes on a part of packed fragments is closed (fragua.uploads.plan).
DIRECT, RELAY, PART = 8 * MIB, 4 * MIB, 8 * MIB
MOST_FRAGMENTS = 10_000
# The largest file of the largest plan, and the largest that is relayed.
LARGEST = {"direct": 5 * 2**40, "relay": 10 * 2**30}
# URLs in one answer; S3 and the fragments' deletion have pages of as many.
PAGE = 1000
PROBE = 64 * 1024

# Bytes of an item of the table of fragments, and of those that one read unit reads.
FRAGMENT_ITEM, READ_UNIT = 180, 4096
# Bytes of a presigned URL with its fragment's fields; a role's session token is about 1,000 of it.
URL, TOKEN = 640, 1000
# Bytes of other answers: an upload without fragments, and a product.
ANSWER = 600

# Seconds that the workers are busy with a picture of 12 megapixels, and with the 30 s that are
# shown of a video: assumed.
PICTURE_SECONDS, VIDEO_SECONDS = 1.0, 30.0
# SQL statements of the outbox's sweeper.
OUTBOX_STATEMENTS = 5

Calls = Mapping[str, int]
# Session and account, consistently: before everything that asks for a token.
_WHO = {"dynamodb:BatchGetItem": 1}
_WHO_READS = 2


@dataclass(frozen=True)
class Run:
    """Runs of one function, alike, and what each asks for.

    `calls` are requests to AWS one after another, `beside` those whose time is in that of the bytes
    `moved`. `reads` and `writes` are DynamoDB's units, `statements` those of SQL, `busy` seconds of
    its own work, `taken` and `given` bytes of HTTP. Not `invoked`: part of a run that there is
    anyway.
    """

    function: str
    calls: Calls = field(default_factory=dict)
    beside: Calls = field(default_factory=dict)
    times: float = 1
    reads: float = 0
    writes: float = 0
    statements: int = 0
    busy: float = 0
    logged: int = 0
    moved: int = 0
    taken: int = 0
    given: int = 0
    http: bool = True
    invoked: bool = True


@dataclass(frozen=True)
class Work:
    """What happens once: the functions' runs, the client's own requests to S3, bytes sent to it."""

    runs: tuple[Run, ...]
    by_client: Calls
    sent: int = 0


def pages(count: int) -> int:
    """Return how many pages of a thousand that is; one for nothing."""
    return max(1, -(-count // PAGE))


def fragment_size(size: int, mode: str) -> int:
    """Return the bytes of a fragment where nobody asks for others, as the service does."""
    if mode == "relay":
        return RELAY
    needed = -(-size // MOST_FRAGMENTS)
    return max(DIRECT, -(-needed // MIB) * MIB)


def upload(size: int, mode: str, fragment: int | None = None) -> Work:
    """Return what a file of `size` bytes asks for, until somebody has seen that it is ready."""
    cut = fragment or fragment_size(size, mode)
    count = -(-size // cut)
    seen = Run("uploads.get", _WHO | {"dynamodb:GetItem": 1}, reads=_WHO_READS + 1, given=ANSWER)
    if mode == "relay":
        sent = [_relay_create(), _put(size, count), _relay_complete(count)]
        return Work((*sent, *_pack(size, count, cut), seen), {})
    joined = [*_direct_create(count), _direct_complete(count), _join(count)]
    return Work((*joined, seen), {"s3:UploadPart": count})


def _direct_create(count: int) -> list[Run]:
    begun = Run(
        "uploads.create",
        _WHO
        | {"dynamodb:GetItem": 1, "s3:CreateMultipartUpload": 1, "dynamodb:TransactWriteItems": 1},
        reads=_WHO_READS + 1,
        # Two items of a transaction, each twice, and the sweeper's index.
        writes=5,
        given=ANSWER + min(count, PAGE) * (URL + TOKEN),
        logged=380,
    )
    more = Run(
        "uploads.presign",
        _WHO | {"dynamodb:GetItem": 1},
        times=pages(count) - 1,
        reads=_WHO_READS + 1,
        given=PAGE * (URL + TOKEN),
    )
    return [begun, more] if count > PAGE else [begun]


def _relay_create() -> Run:
    return Run(
        "uploads.create",
        _WHO | {"dynamodb:GetItem": 1, "dynamodb:TransactWriteItems": 1},
        reads=_WHO_READS + 1,
        writes=5,
        given=ANSWER,
        logged=380,
    )


def _put(size: int, count: int) -> Run:
    return Run(
        "uploads.put_fragment",
        # Who it is; the upload, and the fragment that is not there yet.
        {"dynamodb:BatchGetItem": 2, "s3:PutObject": 1, "dynamodb:PutItem": 1},
        times=count,
        reads=_WHO_READS + 2,
        writes=1,
        moved=size // count,
        taken=size // count,
    )


def _listed(count: int) -> int:
    """Return the read units of all fragments of an upload."""
    return max(1, -(-count * FRAGMENT_ITEM // READ_UNIT))


def _direct_complete(count: int) -> Run:
    calls = {"dynamodb:GetItem": 1, "s3:ListParts": pages(count), "dynamodb:UpdateItem": 1}
    return Run(
        "uploads.complete",
        _WHO | calls | {"sqs:SendMessage": 1},
        reads=_WHO_READS + 1,
        # The item; in the index of what is due, the old place and the new one.
        writes=3,
        given=ANSWER,
        logged=240,
    )


def _relay_complete(count: int) -> Run:
    calls = {"dynamodb:GetItem": 1, "dynamodb:Query": 1, "dynamodb:UpdateItem": 1}
    return Run(
        "uploads.complete",
        _WHO | calls | {"sqs:SendMessage": 1},
        reads=_WHO_READS + 1 + _listed(count),
        writes=3,
        given=ANSWER,
        logged=240,
    )


def _join(count: int) -> Run:
    parts = {"s3:ListParts": pages(count), "s3:CompleteMultipartUpload": 1}
    return Run(
        "uploads.assemble",
        # The lease, its prolongation and the end; what was due is due no more.
        {"dynamodb:GetItem": 1, "dynamodb:UpdateItem": 3, "s3:HeadObject": 1, "s3:GetObject": 1}
        | parts,
        reads=1,
        writes=3 + 3 + 2,
        statements=3,
        logged=620,
        moved=PROBE,
        http=False,
    )


def _pack(size: int, count: int, cut: int) -> list[Run]:
    """Read every fragment once and write the parts; the sweeper looks for what came late."""
    parts = -(-count // -(-PART // cut))
    calls, beside, writes = _one_part(count) if parts == 1 else _parts(count, parts)
    gone = {"s3:ListObjectsV2": pages(count), "s3:DeleteObjects": pages(count)}
    packed = Run(
        "uploads.assemble",
        {"dynamodb:GetItem": 1, "dynamodb:Query": 1} | calls | gone,
        beside,
        reads=1 + _listed(count),
        writes=writes,
        statements=3,
        logged=620,
        moved=size + PROBE,
        http=False,
    )
    late = Run(
        "uploads.sweep",
        {"dynamodb:GetItem": 1, "s3:ListObjectsV2": 1, "dynamodb:UpdateItem": 1},
        reads=1,
        writes=2,
        http=False,
        invoked=False,
    )
    return [packed, late]


def _one_part(count: int) -> tuple[dict[str, int], dict[str, int], int]:
    calls = {"dynamodb:UpdateItem": 3, "s3:HeadObject": 2, "s3:PutObject": 1}
    return calls, {"s3:GetObject": count + 1}, 9


def _parts(count: int, parts: int) -> tuple[dict[str, int], dict[str, int], int]:
    calls = {
        "dynamodb:UpdateItem": 5,
        "s3:CreateMultipartUpload": 1,
        "s3:CompleteMultipartUpload": 1,
        "s3:HeadObject": 1,
    }
    return calls, {"s3:GetObject": count + 1, "s3:UploadPart": parts}, 13


def download(size: int) -> Work:
    """Return what one download of a file of `size` bytes asks for, by its owner."""
    redirect = Run(
        "files.download", _WHO, reads=_WHO_READS, statements=1, given=ANSWER + URL + TOKEN
    )
    return Work((redirect,), {"s3:GetObject": 1}, sent=size)


def view(batch: float) -> Work:
    """Return what a look at a product asks for; `batch` views are counted together."""
    looked = Run("catalog.get", {"sqs:SendMessage": 1}, statements=1, given=ANSWER)
    counted = Run("catalog.count_views", {}, times=1 / batch, statements=2, http=False)
    return Work((looked, counted), {})


def picture(size: int) -> Work:
    """Return what an upload asks for besides when it is a picture, with one thumbnail."""
    told = Run("uploads.assemble", {"sqs:SendMessage": 1}, statements=2, http=False, invoked=False)
    # A WebP and a JPEG.
    made = Run(
        "images.make_thumbnails",
        {"s3:GetObject": 1, "s3:PutObject": 2},
        statements=8,
        busy=PICTURE_SECONDS,
        moved=size,
        http=False,
    )
    return Work((told, made), {})


def video(size: int) -> Work:
    """Return what it asks for to make a video of an upload."""
    submitted = Run(
        "videos.create", _WHO | {"sqs:SendMessage": 1}, reads=_WHO_READS, statements=5, given=ANSWER
    )
    # The rendition and its poster.
    made = Run(
        "videos.render",
        {"s3:GetObject": 1, "s3:PutObject": 2},
        statements=3,
        busy=VIDEO_SECONDS,
        moved=size,
        http=False,
    )
    return Work((submitted, made), {})


def swept(function: str) -> Work:
    """Return what a schedule's run asks for when there is nothing to do."""
    if function == "uploads.sweep":
        # A query for each shard of the index; one that finds nothing is half a unit.
        shards = {"dynamodb:Query": 16}
        return Work((Run(function, shards, reads=8, logged=200, http=False),), {})
    return Work((Run(function, statements=OUTBOX_STATEMENTS, logged=240, http=False),), {})
