"""Messages between two processes: pickles over a socket, each with its length in front.

::

    length, 8 bytes │ pickle of that length │ length │ ...

The main process never waits for a worker, which may have died within a message. So its end of a
socket is a `Channel`, which takes what is there and keeps it until a message is whole. Workers have
nothing to do but to wait, by `send` and `receive`.
"""

import socket
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import cloudpickle

if sys.platform != "win32":
    import fcntl

MARK = b"\0"  # in front of a message to the nursery, to carry a socket
LAST_STREAM = 2  # the number of the standard error
LENGTH = 8  # bytes in front of each message that hold its length
CHUNK = 1 << 20  # bytes that are read at once
MOST_CHUNKS = 64  # read in a row, so that a process that floods its socket keeps no other waiting
MOST_BYTES = 1 << 31  # of a message: results are far smaller, so more bytes are no message


class Hello(NamedTuple):
    """The first message of a worker."""

    pid: int
    """The number of its process."""
    failure: str | None
    """The reason why it cannot work."""


class Reply(NamedTuple):
    """The answer of a worker to a job."""

    number: int
    """The number of the job."""
    is_result: bool
    """Whether the function returned."""
    value: Any
    """The result, or the text of the error."""
    is_sound: bool
    """Whether the process is as it was before."""


def socket_pair() -> tuple[socket.socket, socket.socket]:
    """Return two connected sockets, none of them in the place of a standard stream.

    A process without standard streams would get such numbers, which libraries write to.
    """
    first, second = socket.socketpair()
    return _above_streams(first), _above_streams(second)


def _above_streams(connection: socket.socket) -> socket.socket:
    if sys.platform == "win32" or connection.fileno() > LAST_STREAM:
        return connection
    with connection:
        number = fcntl.fcntl(connection, fcntl.F_DUPFD_CLOEXEC, LAST_STREAM + 1)
    return socket.socket(fileno=number)


def pack(message: Any) -> bytes:
    """Return the bytes of a message.

    Raises
    ------
    Exception
        Any error of an object that cannot be pickled.
    """
    content: bytes = cloudpickle.dumps(message)
    return len(content).to_bytes(LENGTH) + content


def send(connection: socket.socket, message: Any) -> None:
    """Send a message, and wait until all of it is sent."""
    connection.sendall(pack(message))


def receive(connection: socket.socket) -> Any:
    """Wait for the next message, and return it.

    Raises
    ------
    EOFError
        If the other process closed the connection or died.
    """
    length = int.from_bytes(_exactly(connection, LENGTH))
    return cloudpickle.loads(_exactly(connection, length))


def _exactly(connection: socket.socket, n_bytes: int) -> bytes:
    content = bytearray()
    while len(content) < n_bytes:
        chunk = connection.recv(min(n_bytes - len(content), CHUNK))
        if not chunk:
            raise EOFError("the other process is gone")
        content += chunk
    return bytes(content)


class Channel:
    """An end of a socket that never waits.

    Parameters
    ----------
    connection : socket.socket
    """

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self.connection = connection
        self._unsent = bytearray()
        self._received = bytearray()

    @property
    def has_unsent(self) -> bool:
        """Whether a message is not yet sent as a whole."""
        return bool(self._unsent)

    def send(self, message: bytes) -> None:
        """Send the bytes of a message, or as many of them as the socket takes now."""
        self._unsent += message
        self.flush()

    def flush(self) -> None:
        """Send more of what is not sent yet; nothing happens if the other process is gone."""
        try:
            while self._unsent:
                del self._unsent[: self.connection.send(self._unsent)]
        except BlockingIOError:
            return
        except OSError:  # its end is told by those who watch the process
            self._unsent.clear()

    def receive(self) -> tuple[list[Any], bool]:
        """Take what the socket holds.

        Returns
        -------
        list of object
            The messages that are whole now, in order.
        bool
            Whether the connection is still there.

        Raises
        ------
        Exception
            If bytes are not those of a message.
        """
        is_open = self._fill()
        return list(self._whole_messages()), is_open

    def _fill(self) -> bool:
        """Read what is there; tell whether the connection still is."""
        try:
            for _ in range(MOST_CHUNKS):
                chunk = self.connection.recv(CHUNK)
                if not chunk:
                    return False
                self._received += chunk
        except BlockingIOError:
            return True
        except OSError:
            return False
        return True

    def _whole_messages(self) -> Iterator[Any]:
        while len(self._received) >= LENGTH:
            end = LENGTH + int.from_bytes(self._received[:LENGTH])
            if end > MOST_BYTES:
                raise ValueError(f"a message of {end} bytes")
            if len(self._received) < end:
                return
            content = bytes(self._received[LENGTH:end])
            del self._received[:end]
            yield cloudpickle.loads(content)

    def close(self) -> None:
        """Close the socket."""
        self.connection.close()
