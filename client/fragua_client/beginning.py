"""How an upload begins: taken up where the journal says, or asked for so that it can't double."""

from __future__ import annotations

import stat
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from uuid import uuid4

from fragua_client import names
from fragua_client.client import Client
from fragua_client.errors import FraguaError, NotLoggedIn, Refused, Unusable
from fragua_client.jobs import Job, Options
from fragua_client.journal import Journal, Note
from fragua_client.models import UNFINISHED, NewUpload, Upload, count
from fragua_client.names import show_size
from fragua_client.reporting import Reporter

# Files in one request.
_BATCH = 50
# Seconds that a key is good for, with an hour to spare: the server forgets it after a day.
_KEY_LIFE = 23 * 3600


def prepare(
    client: Client, journal: Journal, options: Options, reporter: Reporter, job: Job
) -> None:
    """Open the file, lock its entry in the journal, and find the upload that it belongs to."""
    names.checked(job.name)
    if not stat.S_ISREG(job.path.stat().st_mode):
        raise Unusable("Not a regular file")
    job.reopen()
    job.entry = journal.claim(job.path)
    note = job.entry.note
    if note is None:
        return
    source = job.opened
    wanted = options.new_upload(job.path, source.size).body()
    if (note.size, note.mtime_ns, note.wanted) != (source.size, source.mtime_ns, wanted):
        reporter.say(f"{job.name}: changed since it was interrupted; starting anew")
        _abort(client, note)
        job.forget()
    elif note.upload_id is not None:
        _resume(client, reporter, job, note.upload_id)


def _resume(client: Client, reporter: Reporter, job: Job, upload_id: str) -> None:
    try:
        upload = client.upload(upload_id)
        status = upload.status
        if upload.file_id is not None:
            # It may have been deleted since.
            client.file(upload.file_id)
    except Refused as error:
        if error.status not in (404, 410):
            raise
        upload, status = None, "is gone"
    if upload is None or _over(upload):
        reporter.say(f"{job.name}: the interrupted upload {_how(status)}; starting anew")
        job.forget()
        return
    job.upload = upload
    job.already = upload.fragment_count - count(upload.missing)
    there = f"{job.already} of {upload.fragment_count} fragments"
    size = show_size(upload.received_bytes)
    reporter.say(f"{job.name}: resuming; {there} ({size}) are already there")


def _over(upload: Upload) -> bool:
    """Whether it ended without a file."""
    return upload.status not in (*UNFINISHED, "ready")


def _how(status: str) -> str:
    return f"was {status}" if status == "aborted" else f"has {status}".replace("has is", "is")


def _abort(client: Client, note: Note) -> None:
    """End an upload that nobody will finish, so that it takes no quota until it expires."""
    if note.upload_id is not None:
        # It may have ended by itself; 404, 409 and 410 are all fine.
        with suppress(Refused):
            client.abort(note.upload_id)


def begin(client: Client, jobs: list[Job], options: Options) -> None:
    """Ask for the uploads of jobs that have none, up to 50 in one request."""
    fresh, asked = [], defaultdict[str, list[Job]](list)
    for job in jobs:
        note = job.claimed.note
        if note is not None and time.time() - note.begun_at < _KEY_LIFE:
            asked[note.key].append(job)
        else:
            fresh.append(job)
    for together in asked.values():
        _ask(client, together)
        fresh += [job for job in together if _forgotten(job)]
    waiting = iter(fresh)
    while together := list(islice(waiting, _BATCH)):
        _begin_batch(client, together, options)


def _forgotten(job: Job) -> bool:
    """Forget the upload that an earlier run asked for, if it has ended meanwhile."""
    if job.upload is None or not _over(job.upload):
        return False
    job.upload = None
    job.forget()
    return True


def begin_anew(client: Client, options: Options, job: Job) -> None:
    """Give up the job's upload and begin another one for the file as it is now."""
    if job.claimed.note is not None:
        _abort(client, job.claimed.note)
    job.reopen()
    job.upload = None
    _begin_batch(client, [job], options)
    if job.error is not None:
        raise job.error


def _begin_batch(client: Client, jobs: list[Job], options: Options) -> None:
    """One request; when the server refuses the batch, one each, so that only the culprit fails."""
    try:
        _note(jobs, options)
    except OSError as error:
        # Not asked for what could not be noted: it would be begun again.
        _fail(jobs, error)
        return
    _ask(client, jobs)
    if len(jobs) == 1:
        return
    for job in jobs:
        if job.error is not None and job.claimed.note is None:
            job.error = None
            _begin_batch(client, [job], options)


def _note(jobs: list[Job], options: Options) -> None:
    """Write down what will be asked for, before it is."""
    key = str(uuid4())
    batch = [options.new_upload(job.path, job.opened.size).body() for job in jobs]
    for position, job in enumerate(jobs):
        source, path = job.opened, str(job.path.resolve())
        at = time.time()
        job.claimed.write(Note(path, source.size, source.mtime_ns, key, batch, position, at))


def _ask(client: Client, jobs: list[Job]) -> None:
    """Send the request that the jobs' notes describe; all of them have the same one."""
    note = jobs[0].noted
    wanted = [NewUpload(**body) for body in note.batch]
    try:
        uploads = client.create_uploads(wanted, note.key)
    except NotLoggedIn:
        raise
    except FraguaError as error:
        _fail(jobs, error)
        # After a 5xx or no answer nobody knows whether they were begun: then the note stays.
        if isinstance(error, Refused) and error.status < 500 and error.status != 429:
            for job in jobs:
                job.forget()
        return
    for job in jobs:
        _take(job, uploads[job.noted.position])


def _fail(jobs: list[Job], error: Exception) -> None:
    for job in jobs:
        job.error = error


def _take(job: Job, upload: Upload) -> None:
    try:
        job.claimed.write(replace(job.noted, upload_id=upload.id))
    except OSError as error:
        # The note of the request stays, and gives the same upload when there is room again.
        job.error = error
    else:
        job.upload = upload
