"""The stack that people meet: what it holds in memory, and what it has left to do in the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import psutil

from local.launch import Launched

# Seconds; a look costs a tenth of a second of a processor.
LOOK_EVERY = 10.0
# What the code's processes hold, and what stands beside them: S3, SQS and DynamoDB are emulated.
CODE, EMULATOR, DATABASE, FFMPEG = PARTS = ("code", "emulator", "PostgreSQL", "ffmpeg")
_COUNTED = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
)


@dataclass
class Memory:
    """Bytes that each part held whenever it was looked at."""

    looks: list[dict[str, int]] = field(default_factory=list)

    def look(self, root: int) -> None:
        """Add up all processes below `root`, and it."""
        held = dict.fromkeys(PARTS, 0)
        parent = psutil.Process(root)
        for process in (parent, *parent.children(recursive=True)):
            try:
                held[_part(process)] += _bytes(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                # It has ended meanwhile: a worker that was replaced, or an ffmpeg.
                continue
        self.looks.append(held)

    def thirds(self, part: str) -> tuple[float, float]:
        """The means of the first and of the last third of the time."""
        held = [look[part] for look in self.looks]
        third = max(1, len(held) // 3)
        return sum(held[:third]) / third, sum(held[-third:]) / third


@contextmanager
def watched(stack: Launched) -> Iterator[Memory]:
    """Look at the memory of the stack every few seconds, as long as the block lasts."""
    memory, over = Memory(), threading.Event()

    def watch() -> None:
        while not over.wait(LOOK_EVERY):
            memory.look(stack.process.pid)

    memory.look(stack.process.pid)
    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield memory
    finally:
        over.set()
        thread.join()


def left_in_queues(stack: Launched, patience: float = 60.0) -> dict[str, int]:
    """What each queue still holds, dead letters too, if they are not all empty within seconds."""
    sqs, deadline = stack.client("sqs"), time.monotonic() + patience
    while True:
        urls = sqs.list_queues()["QueueUrls"]
        held = {url.rpartition("/")[2]: _messages(sqs, url) for url in urls}
        left = {name: count for name, count in held.items() if count}
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.5)


def votes_counted(stack: Launched) -> int:
    """All votes of the ranking."""
    total, query = 0, {"limit": "200"}
    with httpx.Client(base_url=stack.address, timeout=30) as client:
        while True:
            page = client.get("/v1/public/rankings", params=query).raise_for_status().json()
            total += sum(int(row["votes"]) for row in page["items"])
            if page["next_cursor"] is None:
                return total
            query["cursor"] = page["next_cursor"]


def _part(process: psutil.Process) -> str:
    if "local.emulator" in process.cmdline():
        return EMULATOR
    name = process.name()
    if name.startswith("postgres"):
        return DATABASE
    return FFMPEG if name.startswith("ffmpeg") else CODE


def _bytes(process: psutil.Process) -> int:
    """What is its own and its share of what it has in common with its forks, where that is told."""
    held = process.memory_full_info()
    size: int = held.pss if hasattr(held, "pss") else held.uss
    return size


def _messages(sqs: Any, url: str) -> int:
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(_COUNTED))["Attributes"]
    return sum(int(told[name]) for name in _COUNTED)
