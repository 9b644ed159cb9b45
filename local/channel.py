"""Messages between processes of the stack: JSON, length first, over a socket pair."""

import json
import socket
import struct
import time
from typing import Any

_LENGTH = struct.Struct("!I")


class ChannelClosed(Exception):
    """The other process is gone, or went in the middle of a message."""


class Channel:
    """One end of a socket pair; used by one thread at a time."""

    def __init__(self, end: socket.socket) -> None:
        self.socket = end

    def send(self, message: object) -> None:
        """Sends `message`. Raises ChannelClosed, and TypeError or ValueError for what is no JSON.

        The message is encoded before a byte is sent, so a failure leaves the channel usable.
        """
        body = json.dumps(message).encode()
        try:
            self.socket.settimeout(None)
            self.socket.sendall(_LENGTH.pack(len(body)) + body)
        except OSError as error:
            raise ChannelClosed from error

    def receive(self, timeout: float | None = None) -> Any:
        """The next message. Raises TimeoutError after `timeout` seconds, and ChannelClosed."""
        deadline = None if timeout is None else time.monotonic() + timeout
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size, deadline))
        return json.loads(self._exactly(length, deadline))

    def is_closed(self) -> bool:
        """Whether the other end is gone, without waiting."""
        try:
            self.socket.settimeout(0)
            return self.socket.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def close(self) -> None:
        """Closes this end; the other one reads the end of the stream."""
        self.socket.close()

    def _exactly(self, count: int, deadline: float | None) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            self.socket.settimeout(_left(deadline))
            try:
                # In pieces of a megabyte: a larger buffer would be allocated whole for each read.
                part = self.socket.recv(min(count - len(parts), 1 << 20))
            except TimeoutError:
                raise
            except OSError as error:
                raise ChannelClosed from error
            if not part:
                raise ChannelClosed
            parts += part
        return bytes(parts)


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
