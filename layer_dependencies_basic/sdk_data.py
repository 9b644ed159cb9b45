"""Called by the Makefile: cuts botocore's data down to what clients of some services read.

    python3.13 sdk_data.py .../botocore/data SERVICE...

Each cold start looks through the folders of all services, 430 of them, parses the addresses of
all (1.2 MB) and unpacks the models of those it calls: 30 ms of CPU in all. The documentation in a
model has to stay: botocore reads it.
"""

from __future__ import annotations

import gzip
import json
import shutil
import sys
from pathlib import Path
from typing import Any


def write(path: Path, content: Any) -> None:
    """Write JSON without blanks."""
    path.write_text(json.dumps(content, separators=(",", ":")))


def main() -> None:
    """Rewrite the folder. The files that belong to no service stay as they are."""
    data, services = Path(sys.argv[1]), set(sys.argv[2:])
    for folder in [path for path in data.iterdir() if path.is_dir()]:
        if folder.name not in services:
            shutil.rmtree(folder)
    # botocore looks for .json before .json.gz, and need not unpack it.
    for packed in data.rglob("*.json.gz"):
        write(packed.with_suffix(""), json.loads(gzip.decompress(packed.read_bytes())))
        packed.unlink()
    # There they stand by the names of their addresses: "email" is what sesv2 is reached by.
    models = [json.loads(path.read_text()) for path in data.glob("*/*/service-2.json")]
    prefixes = {model["metadata"]["endpointPrefix"] for model in models}
    endpoints = json.loads((data / "endpoints.json").read_text())
    for partition in endpoints["partitions"]:
        known = partition["services"]
        partition["services"] = {name: known[name] for name in known if name in prefixes}
    write(data / "endpoints.json", endpoints)


main()
