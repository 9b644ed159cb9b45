"""Whole files to the server, resumed wherever an earlier run was interrupted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from fragua_client.beginning import begin, begin_anew, prepare
from fragua_client.client import Client
from fragua_client.errors import Changed, Damaged, FraguaError, NotLoggedIn, Refused, Unreachable
from fragua_client.jobs import Job, Options, Outcome
from fragua_client.journal import Journal
from fragua_client.models import Upload, count, numbers
from fragua_client.reporting import Reporter, Silent
from fragua_client.sending import Sending

# Files at work at once: each is open and has an entry in the journal, and a process may have no
# more than 256 files open.
_TOGETHER = 50
# How often a file is begun again in one run before it counts as failed.
_RESTARTS = 2
# Seconds between two looks at an upload that is being joined: the first, the longest.
_POLL, _LONGEST_POLL = 0.1, 2.0
_ENDED = {404, 409, 410}


@dataclass(frozen=True)
class _Run:
    client: Client
    options: Options
    reporter: Reporter


def upload(
    client: Client,
    journal: Journal,
    paths: Iterable[Path],
    options: Options | None = None,
    reporter: Reporter | None = None,
) -> list[Outcome]:
    """Upload files; gives one outcome each, in their order, and goes on after one that fails.

    Raises `NotLoggedIn`, for no file would fare better.
    """
    run = _Run(client, options or Options(), reporter or Silent())
    waiting = iter(dict.fromkeys(paths))
    outcomes = list[Outcome]()
    while group := list(islice(waiting, _TOGETHER)):
        outcomes += _upload_group(run, journal, group, _network_down(outcomes))
    return outcomes


def _network_down(outcomes: list[Outcome]) -> Exception | None:
    return next((one.error for one in outcomes if isinstance(one.error, Unreachable)), None)


def _upload_group(
    run: _Run, journal: Journal, paths: list[Path], down: Exception | None
) -> list[Outcome]:
    jobs = [Job(path, down) for path in paths]
    with ExitStack() as stack:
        for job in jobs:
            stack.callback(job.close)
        _each(jobs, lambda job: prepare(run.client, journal, run.options, run.reporter, job))
        fresh = [job for job in jobs if job.error is None and job.upload is None]
        begin(run.client, fresh, run.options)
        _each(jobs, lambda job: _send(run, job))
        _each(jobs, lambda job: _finish(run, job))
        return [job.outcome() for job in jobs]


def _each(jobs: list[Job], step: Callable[[Job], None]) -> None:
    """Do a step of every job that is still well; without a network the others fail at once."""
    down: FraguaError | None = None
    for job in jobs:
        if job.error is not None:
            continue
        if down is not None:
            job.error = down
            continue
        try:
            step(job)
        except NotLoggedIn:
            raise
        except Unreachable as error:
            job.error = down = error
        except (FraguaError, OSError) as error:
            job.error = error


def _send(run: _Run, job: Job) -> None:
    for restarts in range(_RESTARTS + 1):
        try:
            _send_all(run, job)
        except (Changed, Refused) as error:
            reason = _reason_to_restart(run.client, job, error)
            if reason is None or restarts == _RESTARTS:
                raise
            run.reporter.say(f"{job.name}: {reason}; starting anew")
            begin_anew(run.client, run.options, job)
        else:
            return


def _reason_to_restart(client: Client, job: Job, error: FraguaError) -> str | None:
    if isinstance(error, Changed):
        return "it was changed while it was being sent"
    if not isinstance(error, Refused) or error.status not in _ENDED:
        return None
    try:
        status = client.upload(job.begun.id).status
    except Refused as gone:
        return "the server knows its upload no more" if gone.status == 404 else None
    return f"its upload was meanwhile {status}" if status in ("aborted", "expired") else None


def _send_all(run: _Run, job: Job) -> None:
    """Send what is missing and have it joined; again what the server then says is missing."""
    job.hash()
    while job.begun.status == "receiving":
        _send_missing(run, job)
        job.opened.check()
        digest = job.digest()
        checksum = None
        if run.options.checksum:
            algorithm = run.options.checksum
            checksum = {"algorithm": algorithm, "value": digest.base64(algorithm)}
        try:
            job.upload = run.client.complete(job.begun.id, checksum)
        except Refused as error:
            if error.code != "fragment_missing":
                raise
            job.upload = run.client.upload(job.begun.id)


def _send_missing(run: _Run, job: Job) -> None:
    begun = job.begun
    missing = list(numbers(begun.missing))
    job.already = begun.fragment_count - count(begun.missing)
    meter = run.reporter.begin(job.name, begun.size, begun.received_bytes)
    sending = Sending(run.client, begun, job.opened, meter)
    try:
        sending.run(missing, run.options.parallel)
    finally:
        job.sent += sending.sent
        meter.close()


def _finish(run: _Run, job: Job) -> None:
    """Wait until the file is there, and compare what the server made of it."""
    if job.begun.status == "assembling":
        run.reporter.say(f"{job.name}: all sent; the server joins and verifies it")
    done = _settled(run.client, job.begun)
    if done.status != "ready" or done.file_id is None:
        job.forget()
        failure = done.failure or {"code": done.status, "detail": ""}
        raise Damaged(f"The upload {done.status}: {failure['detail']} ({failure['code']})")
    job.file = run.client.file(done.file_id)
    job.forget()
    if algorithm := job.digest().differs_from(job.file.checksums):
        raise Damaged(f"The server's {algorithm} of {job.file.id} is not this file's")


def _settled(client: Client, seen: Upload) -> Upload:
    pause = _POLL
    while seen.status == "assembling":
        client.sleep(pause)
        pause = min(_LONGEST_POLL, pause * 1.5)
        seen = client.upload(seen.id)
    return seen
