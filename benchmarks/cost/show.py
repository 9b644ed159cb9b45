"""How bills are shown: by service and cause, line by line, beside others, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Sequence
from dataclasses import asdict, replace

from benchmarks.cost.bill import CAUSES, Line, Use, bill
from benchmarks.cost.deployment import STAGES
from benchmarks.cost.hosted import PLANS
from benchmarks.cost.prices import READ, REGION, Meter
from benchmarks.cost.runs import LARGEST

# The largest unit first.
_UNITS = (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 1000), ("B", 1))
_TB = 2**40
_SIZES = (1_000_000, 25_000_000, 1_000_000_000)


def title(use: Use) -> str:
    """Say in a line what was asked for."""
    counted = {
        f"uploads of {size_text(use.size)} ({use.mode})": use.uploads,
        "of them pictures": use.pictures,
        "made into videos": use.videos,
        "downloads": use.downloads,
        "views": use.views,
    }
    what = ", ".join(f"{number:,} {name}" for name, number in counted.items() if number)
    extras = [" with a replica" if use.replica else "", " behind CloudFront" if use.cdn else ""]
    return f"A month of {use.stage}{''.join(extras)} in {REGION}: {what or 'nobody comes'}"


def size_text(size: int) -> str:
    """Write bytes in the largest decimal unit."""
    unit, factor = next(each for each in _UNITS if size >= each[1])
    return f"{size / factor:g} {unit}"


def table(use: Use) -> str:
    """By service and cause, and what one of each costs."""
    lines = bill(use)
    causes = [cause for cause in CAUSES if any(line.cause == cause for line in lines)]
    services = dict.fromkeys(line.meter.value.service for line in lines)
    rows = [["dollars", *causes, "sum"]]
    for service in services:
        mine = _of(lines, service)
        rows.append([service, *(_cell(mine, cause) for cause in causes), _dollars(mine)])
    rows.append(["sum", *(_cell(lines, cause) for cause in causes), _dollars(lines)])
    return f"{title(use)}\n\n{_aligned(rows)}\n\n{_aligned(each(use))}"


def each(use: Use) -> list[list[str]]:
    """Price a million of what was asked for, a TB of 2^40 bytes, and a month without anybody."""
    quiet = replace(use, uploads=0, pictures=0, videos=0, downloads=0, views=0)
    files, count = max(1, round(_TB / use.size)), 1_000_000
    mass = replace(quiet, uploads=count, pictures=count, videos=count, views=count)
    bulk = replace(quiet, uploads=files, downloads=files)
    size = size_text(use.size)
    rows = [
        (f"a million uploads of {size}, {use.mode}", _cell(bill(mass), "uploads"), True),
        ("besides, where they are pictures", _cell(bill(mass), "pictures"), use.pictures),
        ("besides, where videos are made", _cell(bill(mass), "videos"), use.videos),
        ("a million views of products", _cell(bill(mass), "views"), True),
        (f"a TB uploaded in files of {size}, {use.mode}", _cell(bill(bulk), "uploads"), True),
        ("a TB kept for a month", _cell(bill(bulk), "kept"), True),
        (f"a TB downloaded in files of {size}", _cell(bill(bulk), "downloads"), True),
        (f"a month of {use.stage} without anybody", _cell(bill(quiet), "idle"), True),
    ]
    return [[what, dollars] for what, dollars, asked in rows if asked]


def by_line(use: Use) -> str:
    """Every line of the bill."""
    lines = bill(use)
    rows = [["cause", "service", "what", "quantity", "dollars"]]
    for line in lines:
        price = line.meter.value
        quantity = f"{line.quantity:,.0f}" if line.quantity >= 10 else f"{line.quantity:.3g}"
        rows.append([line.cause, price.service, price.what, quantity, f"{line.dollars:,.2f}"])
    rows.append(["sum", "", "", "", _dollars(lines)])
    return f"{title(use)}\n\n{_aligned(rows, left={0, 1, 2})}"


def sizes(use: Use) -> str:
    """A million uploads of several sizes in both modes, by service; without their storage."""
    asked = [
        (mode, replace(use, uploads=1_000_000, size=size, mode=mode))
        for mode in sorted(LARGEST)
        for size in _SIZES
    ]
    columns = [[line for line in bill(each) if line.cause == "uploads"] for _, each in asked]
    services = dict.fromkeys(line.meter.value.service for line in columns[0])
    rows = [
        ["dollars", *(f"{size_text(each.size)} {mode}" for mode, each in asked)],
        *([name, *(_dollars(_of(column, name)) for column in columns)] for name in services),
        ["sum", *map(_dollars, columns)],
    ]
    return f"A million uploads in {REGION}\n\n{_aligned(rows)}"


def beside(use: Use) -> str:
    """The sum of a month, and what hosted services ask for it; for a tenth and tenfold, too."""
    months = [
        replace(use, uploads=int(use.uploads * much), downloads=int(use.downloads * much))
        for much in (0.1, 1, 10)
    ]
    ours = {
        f"Fragua, {stage}": [_dollars(bill(replace(month, stage=stage))) for month in months]
        for stage in sorted(STAGES)
    }
    theirs = {plan.name: [f"{plan.dollars(month):,.2f}" for month in months] for plan in PLANS}
    rows = [
        ["uploads", *(f"{month.uploads:,}" for month in months)],
        ["downloads", *(f"{month.downloads:,}" for month in months)],
        *([name, *sums] for name, sums in {**ours, **theirs}.items()),
    ]
    return f"Dollars for a month with files of {size_text(use.size)}\n\n{_aligned(rows)}"


def prices(_use: Use) -> str:
    """Every price, its first step where there are several, and the page that it is from."""
    rows = [["service", "what", "dollars", "for", "from"]]
    for meter in Meter:
        price = meter.value
        rows.append(
            [price.service, price.what, f"{price.tiers[0][1]:g}", f"{price.per:,.0f}", price.source]
        )
    about = f"Dollars in {REGION}, as stored pages had them on {READ}"
    return f"{about}\n\n{_aligned(rows, left={0, 1, 4})}"


def as_json(use: Use) -> str:
    """Everything, for a program: dollars are not rounded."""
    lines = bill(use)
    told = [
        {
            "cause": line.cause,
            "service": line.meter.value.service,
            "what": line.meter.value.what,
            "quantity": line.quantity,
            "dollars": line.dollars,
        }
        for line in lines
    ]
    total = sum(line.dollars for line in lines)
    about = {"region": REGION, "prices_read": READ, "use": asdict(use)}
    return json.dumps({**about, "lines": told, "dollars": total}, indent=2)


def _of(lines: Iterable[Line], service: str) -> list[Line]:
    return [line for line in lines if line.meter.value.service == service]


def _cell(lines: Iterable[Line], cause: str) -> str:
    return _dollars([line for line in lines if line.cause == cause])


def _dollars(lines: Sequence[Line]) -> str:
    return f"{sum(line.dollars for line in lines):,.2f}" if lines else ""


def _aligned(rows: Sequence[Sequence[str]], left: Container[int] = (0,)) -> str:
    """Columns of the same width, numbers to the right and the `left` ones to the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at in left else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
