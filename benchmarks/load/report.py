"""The tables, as Markdown, and what was missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.load.results import BEGIN, COMPLETE, SEND, Result, percentile
from benchmarks.load.scenarios import Scenario
from benchmarks.load.stack import CODE, Memory

# Milliseconds in which this share of all uploads is answered, from their first request on, while
# videos are being made: well under a second as a rule.
ANSWERED = {0.5: 500, 0.95: 750}
# Of fewer than so many, the 95th percentile is just the slowest: told, but not judged.
JUDGED = 20
# The code's memory in the last third of a soak, of that in the first.
FLAT = 1.1


@dataclass(frozen=True)
class Outcome:
    """What one scenario came to; `left` are messages in queues, `votes` those of the ranking."""

    scenario: Scenario
    result: Result
    memory: Memory
    left: dict[str, int]
    votes: int


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def summary(outcomes: Sequence[Outcome]) -> str:
    """How it went, how quickly uploads were answered, and the memory if it took long."""
    went = ("people", "success", "requests", "requests/s", "uploads/s", "p50, p95 of all", "public")
    answered = ("people", BEGIN, SEND, "complete", "the whole", "videos left then", "late ones")
    held = ("memory of", "first third, MB", "last third, MB", "ratio")
    parts = [
        table(went, [_went(outcome) for outcome in outcomes]),
        "Uploads, milliseconds until they were answered, p50 and p95:",
        table(answered, [_answered(outcome) for outcome in outcomes]),
    ]
    parts += [table(held, list(_held(outcome))) for outcome in outcomes if outcome.scenario.long]
    return "\n\n".join(parts)


def by_route(result: Result) -> str:
    """Each kind of request: how many, how quick, how many errors."""
    rows = []
    for label in dict.fromkeys(request.label for request in result.requests):
        errors = sum(r.error is not None for r in result.requests if r.label == label)
        took = result.took(label)
        rows.append((label, str(len(took)), _pair(took), str(errors)))
    return table(("request", "number", "p50, p95 in ms", "errors"), rows)


def missed(outcome: Outcome) -> Iterator[str]:
    """Yield what is not as it should be, a sentence each."""
    result = outcome.result
    reasons = Counter(f"{r.label}: {r.error}" for r in result.requests if r.error)
    yield from (f"{count} x {reason}" for reason, count in reasons.items())
    troubles = Counter(story.trouble for story in result.stories if story.trouble)
    yield from (f"{count} x somebody got no further: {why}" for why, count in troubles.items())
    if (came := len(result.stories)) != outcome.scenario.people:
        yield f"{came} of {outcome.scenario.people} people came"
    yield from (f"{count} messages left in {name}" for name, count in outcome.left.items())
    if (voted := sum(story.voted for story in result.stories)) != outcome.votes:
        yield f"{voted} people voted, the ranking counts {outcome.votes}"
    yield from _slow(outcome)
    if outcome.scenario.long:
        yield from _grown(outcome)


def _slow(outcome: Outcome) -> Iterator[str]:
    """Yield a sentence for uploads that waited; in a crowd that is for each other, and no miss."""
    judged = {"late uploads": outcome.result.late_while_making}
    if outcome.scenario.every:
        judged = {"uploads": outcome.result.uploads}
    for what, uploads in judged.items():
        took = [upload.took for upload in uploads]
        if len(took) < JUDGED:
            if outcome.scenario.people >= JUDGED:
                yield f"{len(took)} {what}: too few to be judged"
            continue
        for share, most in ANSWERED.items():
            if (slow := percentile(took, share)) > most:
                yield f"{what} took {slow:.0f} ms (p{share * 100:.0f}; at most {most})"


def _grown(outcome: Outcome) -> Iterator[str]:
    first, last = outcome.memory.thirds(CODE)
    if last > FLAT * first:
        yield f"the code's memory grew from {first / 1e6:.0f} to {last / 1e6:.0f} MB"


def _went(outcome: Outcome) -> list[str]:
    result = outcome.result
    good = sum(request.error is None for request in result.requests)
    rush = result.answered - result.began
    within = sum(request.began <= result.answered for request in result.requests)
    public = [story.public for story in result.stories if story.public]
    return [
        outcome.scenario.name,
        f"{good / len(result.requests):.1%}",
        f"{len(result.requests):,}",
        f"{within / rush:.0f}" if rush else "none",
        f"{len(result.uploads) / rush:.1f}" if rush else "none",
        _pair([request.took for request in result.requests]),
        f"{len(public)} after {max(public) - result.began:.0f} s" if public else "none",
    ]


def _answered(outcome: Outcome) -> list[str]:
    result, late = outcome.result, outcome.result.late_while_making
    return [
        outcome.scenario.name,
        *(_pair(result.took(label)) for label in (BEGIN, SEND, COMPLETE)),
        _pair([upload.took for upload in result.uploads]),
        str(result.left),
        f"{_pair([upload.took for upload in late])} of {len(late)}",
    ]


def _held(outcome: Outcome) -> Iterator[list[str]]:
    for part in outcome.memory.looks[0]:
        first, last = outcome.memory.thirds(part)
        ratio = f"{last / first:.2f}" if first else ""
        megabytes = (f"{first / 1e6:.0f}", f"{last / 1e6:.0f}")
        yield [part, *megabytes, ratio]


def _pair(took: Sequence[float]) -> str:
    if not took:
        return "none"
    return f"{percentile(took, 0.5):,.0f}, {percentile(took, 0.95):,.0f}"
