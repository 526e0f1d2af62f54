"""What the peer asks of the kernel: small buffers, hang-ups and unread bytes without reading.

Facts that the rest relies on, measured on Linux:

- How much a Unix stream socket takes is limited by the sender's buffer alone: the receive buffer of
  the peer changes nothing there.
- On TCP an explicit SO_RCVBUF on the listener switches off the growing of the window, and a segment
  size of 1460 bytes makes a cold loopback connection stall like one on a real network; with the
  loopback's own 64 KiB segments a cold connection takes some 4 MB.
- A Unix socket shows the other side's closing at once. On TCP the end of the stream waits behind
  all bytes that the peer's window has no room for: a peer that does not read may never learn of it.
- After the peer's own shutdown of its reading side POLLRDHUP is always set, so there only POLLHUP
  counts on a Unix socket; on TCP the state of the connection tells.
- Shutting down the reading side makes a Unix peer's writes fail with EPIPE at once. A TCP peer does
  not notice it.
"""

import fcntl
import select
import shutil
import socket
import struct
import tempfile
import termios
import time

SEGMENT_BYTES = 1460
PATH_MAX_BYTES = 100
"""Unix socket paths must be shorter: the kernel's own limit is 108 bytes with the final zero."""
POLLRDHUP = getattr(select, "POLLRDHUP", 0)
# States of a TCP connection in which the other side has ended its stream: TIME_WAIT, CLOSE,
# CLOSE_WAIT, LAST_ACK, CLOSING.
_TCP_ENDED = frozenset({6, 7, 8, 9, 11})


def now_us() -> int:
    """Return the time in microseconds on the clock that all processes of the machine share."""
    return time.monotonic_ns() // 1000


def make_folder() -> str:
    """Make a folder for Unix sockets whose path leaves room for the names of sockets."""
    folder = tempfile.mkdtemp(prefix="stallproof-")
    if len(folder.encode()) <= PATH_MAX_BYTES - 10:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    return tempfile.mkdtemp(prefix="stallproof-", dir="/tmp")


def listen_unix(path: str) -> socket.socket:
    """Listen on the Unix socket `path`; raises `OSError`."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    return _listening(listener, path)


def listen_tcp(receive_buffer_bytes: int) -> socket.socket:
    """Listen on a free port of 127.0.0.1 with a small window and small segments."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Both must be set before the connection is made: the window's scale is fixed by the handshake.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT_BYTES)
    return _listening(listener, ("127.0.0.1", 0))


class Reserved:
    """An address at which somebody else is to listen: on TCP a port that nobody else gets.

    `path`: that of a Unix socket, `None` for a free port of 127.0.0.1.
    """

    def __init__(self, path: str | None, receive_buffer_bytes: int) -> None:
        """Raises `OSError`."""
        self._receive_buffer_bytes = receive_buffer_bytes
        self._path = path
        self._keeper: socket.socket | None = None
        if path is None:
            # Bound and not listening, with SO_REUSEADDR: who sets that as well may listen there.
            self._keeper = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self._keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._keeper.bind(("127.0.0.1", 0))

    @property
    def address(self) -> str | tuple[str, int]:
        """The path, or host and port."""
        if self._keeper is None:
            assert self._path is not None
            return self._path
        host, port = self._keeper.getsockname()
        return host, port

    def connected(self) -> socket.socket | None:
        """Return a socket connected to who listens there, `None` if nobody does.

        On TCP it has a small window and small segments, as a listener's would.
        """
        family = socket.AF_UNIX if self._keeper is None else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            if self._keeper is not None:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_buffer_bytes)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT_BYTES)
            sock.connect(self.address)
        except (ConnectionRefusedError, FileNotFoundError, BlockingIOError):
            sock.close()
            return None
        if self._keeper is not None:
            self._keeper.close()
        return sock


def _listening(listener: socket.socket, address: str | tuple[str, int]) -> socket.socket:
    try:
        listener.bind(address)
        listener.listen(64)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def unread_bytes(sock: socket.socket) -> int:
    """Return how many bytes lie unread in the peer's own receive buffer."""
    answer = fcntl.ioctl(sock.fileno(), termios.FIONREAD, b"\0\0\0\0")
    return int(struct.unpack("i", answer)[0])


def is_hung_up(sock: socket.socket, *, shut_read: bool, half_closed: bool) -> bool | None:
    """Tell without reading whether the other side has closed, or at least ended its stream.

    `None`: it cannot be told, because the peer itself shut down both directions of a Unix socket,
    or its reading side elsewhere: what lies unread there keeps the end of the stream away.
    """
    poller = select.poll()
    poller.register(sock.fileno(), POLLRDHUP)
    ready = poller.poll(0)
    flags = ready[0][1] if ready else 0
    if flags & (select.POLLERR | select.POLLNVAL):
        return True
    if sock.family == socket.AF_UNIX:
        if shut_read and half_closed:
            return None
        return bool(flags & select.POLLHUP) or bool(flags & POLLRDHUP and not shut_read)
    if hasattr(socket, "TCP_INFO"):
        over = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] in _TCP_ENDED
    else:
        over = bool(flags & (select.POLLHUP | POLLRDHUP))
    return None if shut_read and not over else over


def abort(sock: socket.socket) -> None:
    """Close so that the other side sees a reset: on TCP always, on Unix with unread bytes only."""
    if sock.family != socket.AF_UNIX:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()
