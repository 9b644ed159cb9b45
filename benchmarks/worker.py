"""A worker alone in its process, so that its peak memory is its own: `worker NAME OWNER UPLOAD`."""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from pathlib import Path
from uuid import UUID

from fragua import aws
from fragua.settings import settings
from fragua.uploads import assembly


def naive(owner_id: UUID, upload_id: UUID) -> None:
    """Join the fragments of a relayed upload the naive way: all in memory, one PUT."""
    s3, bucket = aws.client("s3"), settings().default_bucket
    prefix = f"fragments/{owner_id}/{upload_id}/"
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]
    numbers = {
        int(each["Key"].removeprefix(prefix).partition("-")[0]): each["Key"] for each in listed
    }
    keys = [key for _, key in sorted(numbers.items())]
    whole = b"".join(s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys)
    s3.put_object(Bucket=bucket, Key=f"files/{owner_id}/naive", Body=whole)


def peak() -> int:
    """Return this program's peak memory in bytes; `getrusage` would count the parent's, too."""
    status = Path("/proc/self/status")
    if status.exists():
        (kib,) = re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())
        return int(kib) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Do it once; print the seconds and the peak memory in bytes."""
    name, owner_id, upload_id = sys.argv[1], UUID(sys.argv[2]), UUID(sys.argv[3])
    begun = time.perf_counter()
    {"naive": naive, "assemble": assembly.assemble}[name](owner_id, upload_id)
    seconds = time.perf_counter() - begun
    print(json.dumps([seconds, peak()]))


if __name__ == "__main__":
    main()
