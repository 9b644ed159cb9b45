"""From the queue of scan results: what a scanner found in an object (`fragua.uploads.scans`)."""

from fragua.uploads import scans
from fragua.worker import queue_handler

handler = queue_handler(scans.tell)
