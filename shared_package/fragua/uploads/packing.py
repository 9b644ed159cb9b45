"""Relayed fragments become the object: read once, packed into parts, sent side by side.

Parts that are in S3 are the record of the progress: the same fragments make the same parts, so a
worker that follows one that died, or another one that still runs, sends the missing ones only.
"""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

from fragua import crc32
from fragua.errors import Refused, Retry
from fragua.settings import settings
from fragua.uploads import objects, relayed, store
from fragua.uploads.lease import Lease
from fragua.uploads.plan import Part, plan
from fragua.uploads.relayed import Piece
from fragua.uploads.upload import Upload

# Seconds of packing after which the rest is left to another message: less than the lease.
_SLICE = 120
# Parts in memory at once, of at most 12 MiB each, and fragments read at once.
_PARTS = 4
_READS = 16


class Unfinished(Exception):
    """Time is over and parts are still to be sent; what was sent stays."""


def crc(pieces: list[Piece]) -> str:
    """Return the CRC-32 (base64) of pieces one after another, from their own."""
    return crc32.text(crc32.whole((piece.crc32, piece.size) for piece in pieces))


def pack(upload: Upload, lease: Lease, pieces: list[Piece]) -> None:
    """Make the object of all pieces of a closed upload, unless it is there.

    Raises `Unfinished` after some minutes, `Retry` when another worker took over, and what
    `relayed.read_into` and S3 raise. Harmless to repeat: what S3 has is not sent again.
    """
    packer = _Packer(upload, lease, pieces)
    parts = plan([piece.size for piece in pieces])
    if len(parts) > 1:
        _pack_parts(upload, lease, parts, packer)
    elif not objects.head(upload):
        objects.put(upload, packer.read_all(), _checksum(upload, pieces), ours=_ours(upload))


def _pack_parts(upload: Upload, lease: Lease, parts: list[Part], packer: _Packer) -> None:
    known = objects.parts(upload) if upload.multipart_id else None
    if upload.multipart_id and known is None and objects.head(upload):
        # An earlier try joined them; the caller judges what is there.
        return
    packer.upload = begun = upload if known is not None else _begin(upload, lease)
    sent = {part.number: part for part in known or []}
    sent = {part.number: sent[part.number] for part in parts if packer.has(part, sent)}
    sent |= packer.send([part for part in parts if part.number not in sent])
    if len(sent) < len(parts):
        raise Unfinished
    # All that took its time: whoever has the lease by now may have ended the upload.
    lease.prolong()
    try:
        objects.complete(begun, [sent[p.number] for p in parts], _checksum(begun, packer.pieces))
    except Refused as error:
        if error.code == "ConditionalRequestConflict":
            # "Re-initiate the multipart upload and re-upload each part" (CompleteMultipartUpload).
            objects.abort(begun)
        raise


def _ours(upload: Upload) -> bool:
    """Whether S3 verifies a checksum of our making, and not one that was declared."""
    return upload.algorithm == "crc32"


def _checksum(upload: Upload, pieces: list[Piece]) -> str | None:
    """Return what S3 shall verify: the CRC-32 is known in any case, of others what was declared."""
    return crc(pieces) if _ours(upload) else upload.checksums.get(upload.algorithm)


def _begin(upload: Upload, lease: Lease) -> Upload:
    begun = objects.begin(upload)
    noted = store.begun(begun, lease.worker, begun.multipart_id or "")
    if noted is None:
        objects.abort(begun)
        raise Retry("another worker has the lease")
    return noted


class _Packer:
    """Reads pieces and sends parts until all are sent, one fails, or time is over."""

    def __init__(self, upload: Upload, lease: Lease, pieces: list[Piece]) -> None:
        self.upload = upload
        self.pieces = pieces
        self._lease = lease
        self._stop = Event()
        self._until = time.monotonic() + settings().scaled(_SLICE)

    def has(self, part: Part, sent: dict[int, objects.Part]) -> bool:
        """Tell whether S3 has a part with these very bytes, as far as it can say."""
        found = sent.get(part.number)
        if found is None or found.size != part.size:
            return False
        return found.crc32 in (None, crc(self._pieces_of(part)))

    def read_all(self) -> bytearray:
        """Read what fits one part into memory."""
        with ThreadPoolExecutor(_READS) as readers:
            return self._read(self.pieces, readers)

    def send(self, parts: list[Part]) -> dict[int, objects.Part]:
        """Send parts side by side; return those that were sent, by number."""
        with ThreadPoolExecutor(_READS) as readers, ThreadPoolExecutor(_PARTS) as senders:
            jobs = [
                # The first ones in any case: each slice gets on.
                senders.submit(self._send, part, readers, started=index < _PARTS)
                for index, part in enumerate(parts)
            ]
            try:
                sent = [job.result() for job in jobs]
            finally:
                self._stop.set()
        return {part.number: part for part in sent if part}

    def _send(
        self, part: Part, readers: ThreadPoolExecutor, *, started: bool
    ) -> objects.Part | None:
        late = time.monotonic() >= self._until and not started
        if late or self._stop.is_set():
            return None
        pieces = self._pieces_of(part)
        return objects.put_part(self.upload, part.number, self._read(pieces, readers), crc(pieces))

    def _pieces_of(self, part: Part) -> list[Piece]:
        return self.pieces[part.first : part.last]

    def _read(self, pieces: list[Piece], readers: ThreadPoolExecutor) -> bytearray:
        """Read pieces that follow each other into one buffer, side by side."""
        data = bytearray(sum(piece.size for piece in pieces))
        jobs: list[Future[None]] = []
        position = 0
        for piece in pieces:
            target = memoryview(data)[position : position + piece.size]
            jobs.append(readers.submit(relayed.read_into, self.upload, piece, target))
            position += piece.size
        try:
            for job in jobs:
                job.result()
                # Thousands of tiny pieces take longer than the lease.
                self._lease.keep()
        finally:
            for job in jobs:
                job.cancel()
        return data
