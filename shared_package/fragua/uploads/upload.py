"""What is known of one upload: how it is cut, where it goes, how long it lives."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from fragua import clock
from fragua.schemas import is_id
from fragua.settings import settings
from fragua.uploads.fragments import Cut

# Seconds: without a sign of life, and in all.
IDLE = 24 * 3600
LONGEST = 14 * 24 * 3600


@dataclass(frozen=True)
class Upload:
    """One upload. Times are seconds since 1970, sizes bytes; `checksums` are what was declared.

    It was closed at `closed_at`, by the request with the id `request_id`; both are None before, and
    of what an earlier release closed.

    `multipart_id` is S3's id of the multipart upload on the final key. A direct upload has it from
    the beginning, a relayed one from when its packing begins; small files never do.
    """

    owner_id: UUID
    upload_id: UUID
    file_name: str
    size: int
    content_type: str
    bucket: str
    s3_bucket: str
    mode: str
    status: str
    fragment_size: int
    # The algorithm that the upload has in S3: crc32 or crc64nvme.
    algorithm: str
    checksums: dict[str, str]
    multipart_id: str | None
    created_at: float
    seen_at: float
    file_id: UUID | None = None
    failure: dict[str, str] | None = None
    ended_at: float | None = None
    lease_until: float = 0
    closed_at: float | None = None
    request_id: str | None = None

    @property
    def cut(self) -> Cut:
        """How the file is cut."""
        return Cut(self.size, self.fragment_size)

    @property
    def object_key(self) -> str:
        """The final key in S3. It is made of ids alone: nobody can choose one."""
        return f"files/{self.owner_id}/{self.upload_id}"

    @property
    def fragments_prefix(self) -> str:
        """Below it are the objects of fragments that came through the API."""
        return f"fragments/{self.owner_id}/{self.upload_id}/"

    def expires_at(self, newest_fragment: float = 0) -> float:
        """Return when it expires, given when its newest fragment arrived."""
        seen_at = max(self.seen_at, newest_fragment)
        scaled = settings().scaled
        return min(self.created_at + scaled(LONGEST), seen_at + scaled(IDLE))

    def expired(self, newest_fragment: float = 0) -> bool:
        """Whether its time is over."""
        return self.expires_at(newest_fragment) <= clock.timestamp()

    @property
    def leased(self) -> bool:
        """Whether a worker holds it now."""
        return self.lease_until > clock.timestamp()


def ids_of(object_key: str) -> tuple[UUID, UUID] | None:
    """Return (owner, upload) of the final key of one; None for any other key."""
    folder, *ids = object_key.split("/")
    if folder != "files" or len(ids) != 2 or not all(map(is_id, ids)):
        return None
    owner_id, upload_id = map(UUID, ids)
    return owner_id, upload_id
