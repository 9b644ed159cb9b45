"""A month's use becomes quantities, and these become dollars."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.cost.deployment import SECONDS, STAGES, batching, schedules, standing
from benchmarks.cost.prices import Meter
from benchmarks.cost.runs import Work, download, picture, swept, upload, video, view
from benchmarks.cost.weighing import GB, Counts, added, times, weigh

# Bytes of an upload's item and its place in the index, remembered for 30 days after its end.
UPLOAD_ITEM = 1024
# Messages that one request to SQS receives or deletes.
QUEUE_BATCH = 10
# What things are paid for; `kept` is the storage of what the month's uploads brought.
CAUSES = ("idle", "uploads", "pictures", "videos", "kept", "downloads", "views")


@dataclass(frozen=True)
class Use:
    """A month: how many of what, `size` bytes each. What was uploaded is kept for all of it.

    Of the uploads so many are `pictures`, and of so many a video is made.
    """

    uploads: int = 0
    pictures: int = 0
    videos: int = 0
    size: int = 25_000_000
    downloads: int = 0
    views: int = 0
    mode: str = "direct"
    stage: str = "production"
    replica: bool = False
    cdn: bool = False


@dataclass(frozen=True)
class Line:
    """One line of a bill: its cause, what is counted, how much of it, and the dollars."""

    cause: str
    meter: Meter
    quantity: float
    dollars: float


def bill(use: Use) -> list[Line]:
    """Return a line for all that is used; what is cheaper in mass is shared evenly."""
    counts = quantities(use)
    total = added(counts.values())
    return [
        Line(cause, meter, count[meter], meter.value.of(total[meter]) * count[meter] / total[meter])
        for cause, count in counts.items()
        for meter in Meter
        if count.get(meter)
    ]


def quantities(use: Use) -> dict[str, Counts]:
    """Count what each cause makes of each meter."""
    return {
        "idle": _idle(use),
        "uploads": times(_queued(upload(use.size, use.mode), use.cdn), use.uploads),
        "pictures": times(_queued(picture(use.size), use.cdn), use.pictures),
        "videos": times(_queued(video(use.size), use.cdn), use.videos),
        "kept": times({Meter.KEPT: use.size / GB, Meter.ITEMS: UPLOAD_ITEM / GB}, use.uploads),
        "downloads": times(weigh(download(use.size), cdn=use.cdn), use.downloads),
        "views": _views(use),
    }


def _idle(use: Use) -> Counts:
    stands = standing(STAGES[use.stage], replica=use.replica, cdn=use.cdn)
    runs = [times(weigh(swept(name), cdn=False), often) for name, often in schedules().items()]
    return added([stands, *runs])


def _views(use: Use) -> Counts:
    """Count views that come evenly all month: few of them share a batch, if they are few."""
    most, window = batching("catalog.count_views")
    together = min(most, 1 + use.views * window / SECONDS)
    return times(_queued(view(together), use.cdn, together), use.views)


def _queued(work: Work, cdn: bool, together: float = 1) -> Counts:
    """Count work with one message in it: besides being sent, it is received and deleted."""
    taken = {Meter.QUEUE: 2 / min(together, QUEUE_BATCH)}
    return added([weigh(work, cdn=cdn), taken])
