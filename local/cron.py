"""When schedules are due: `rate(...)`, and `cron(...)` as AWS writes it.

AWS's cron has six fields, in UTC, with weeks that begin with Sunday as 1.
"""

import datetime as dt
import re
from dataclasses import dataclass
from itertools import chain, product

from local.errors import TemplateError

_RATE = re.compile(r"rate\((\d+) (second|minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((.+)\)")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
# More than a leap day needs; a date that never comes isn't searched for longer.
_HORIZON_DAYS = 9 * 366


def seconds_until_next(expression: str, now: dt.datetime) -> float:
    """How long, unscaled, until the schedule is due. Raises TemplateError if it can't be read."""
    rate = _RATE.fullmatch(expression)
    if rate:
        return int(rate.group(1)) * _SECONDS[rate.group(2)]
    found = _CRON.fullmatch(expression)
    if found:
        return (parse(found.group(1)).next_after(now) - now).total_seconds()
    raise TemplateError(f"schedule {expression!r} is neither rate(...) nor cron(...)")


@dataclass(frozen=True)
class Cron:
    """The moments of one expression, as the values that each field allows."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: frozenset[int]

    def next_after(self, moment: dt.datetime) -> dt.datetime:
        """The first due minute after `moment`. Raises TemplateError if there is none."""
        start = moment.replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
        midnight = start.replace(hour=0, minute=0)
        days = (midnight + dt.timedelta(days=offset) for offset in range(_HORIZON_DAYS))
        times = list(product(sorted(self.hours), sorted(self.minutes)))
        for day in filter(self._has_day, days):
            for hour, minute in times:
                if (due := day.replace(hour=hour, minute=minute)) >= start:
                    return due
        raise TemplateError("a cron schedule never comes due")

    def _has_day(self, day: dt.datetime) -> bool:
        return (
            day.year in self.years
            and day.month in self.months
            and day.day in self.days
            and day.isoweekday() % 7 + 1 in self.weekdays
        )


def parse(text: str) -> Cron:
    """The six fields of `cron(...)`. Raises TemplateError for what isn't understood here.

    Understood are numbers, names, lists, ranges and steps; L, W and # are not.
    """
    fields = text.split()
    if len(fields) != 6:
        raise TemplateError(f"cron({text}) hasn't six fields")
    minute, hour, day, month, weekday, year = fields
    return Cron(
        minutes=_field(minute, range(60)),
        hours=_field(hour, range(24)),
        days=_field(day, range(1, 32)),
        months=_field(month, range(1, 13), _MONTHS),
        weekdays=_field(weekday, range(1, 8), _WEEKDAYS),
        years=_field(year, range(1970, 2200)),
    )


def _field(text: str, allowed: range, names: list[str] | None = None) -> frozenset[int]:
    try:
        parts = (_part(part, allowed, names or []) for part in text.split(","))
        found = frozenset(chain.from_iterable(parts))
    except ValueError:
        found = frozenset()
    if not found or not found <= frozenset(allowed):
        raise TemplateError(f"{text!r} in a cron schedule isn't understood")
    return found


def _part(text: str, allowed: range, names: list[str]) -> range:
    bounds, _, step = text.partition("/")
    first, _, last = bounds.partition("-")
    if first in {"*", "?"}:
        return range(allowed.start, allowed.stop, int(step or 1))
    begin = _number(first, names)
    end = _number(last, names) if last else allowed.stop - 1 if step else begin
    return range(begin, end + 1, int(step or 1))


def _number(text: str, names: list[str]) -> int:
    return names.index(text.upper()) + 1 if text.upper() in names else int(text)
