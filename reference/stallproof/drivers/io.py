"""What a driver takes from outside: a transport, a clock, and everything that waits.

The intuition: a driver that reads no clock, makes no system call and parks no thread by itself can
be run by anybody. Here it runs on sockets and threads; `stallproof.harness.simulated` runs the same
code in virtual time, where waiting costs nothing and every bound is exact.

The objects are those of the standard library, so that on the real clock nothing stands in between.
What is not worth a wait is not here: a mutex that is held for moments is a `threading.Lock`.

Spec: `spec/virtual.md`.
"""

import select
import socket
import threading
import time
from _thread import allocate_lock
from collections.abc import Callable
from contextlib import AbstractContextManager
from queue import SimpleQueue
from typing import Any, Protocol

from stallproof.drivers.bell import Bell
from stallproof.drivers.brief_wait import wait_briefly
from stallproof.drivers.clock import now_us
from stallproof.drivers.frame import PREFIX, Outgoing
from stallproof.drivers.joining import JOINED_MAX_BYTES
from stallproof.machines.policy import MICROSECONDS

WRITE_MAX_BYTES = 1088 * 1024
"""The most that one write to a socket is asked to take: a chunk of 1 MiB and what goes before it.

While a fast peer drains, one write goes on for as long as the kernel has room. The cap bounds how
far past the deadline the last write can run, whatever the size of the frame.
"""
Pieces = list[bytes | memoryview]
"""What follows one another on the wire and is not worth a copy to put together."""
_WRITE_FLAGS = socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL


class Transport(Protocol):
    """What carries the bytes of one connection, in both directions.

    `write_max_bytes`: the most that one write is asked to take. `carries_heartbeats`: whether one
    that is queued is written.
    """

    write_max_bytes: int
    carries_heartbeats: bool

    def frame(
        self, kind: int, sequence: int, payload: bytes | memoryview, header: bytes, stream_id: int,
        /,
    ) -> Outgoing:  # fmt: skip
        """Return a frame as it lies on this transport."""

    def write(self, pieces: Pieces) -> int:
        """Write what there is room for, without waiting; return how many bytes that were.

        Raises `BlockingIOError` when there is no room, and `OSError` as sockets do.
        """

    def wait(self, wait_us: int) -> object:
        """Wait until it may take more, for at most `wait_us`; a hang-up or an error wakes too.

        Return something true unless the time was out.
        """

    def waker(self) -> Callable[[], None]:
        """Return what wakes whoever waits for room, or is about to, from any thread.

        It never waits. What comes too late for a wait may end a later one early.
        """

    def read(self, most_bytes: int) -> bytes:
        """Wait for bytes of the peer and return them, none at the end of its direction."""

    def shut_down(self) -> None:
        """End both directions; who waits wakes at once. Raises `OSError` if the peer has gone."""

    def release(self) -> None:
        """Give back what the system lent, when nobody uses the transport any more."""


class SocketTransport:
    """A connected stream socket."""

    write_max_bytes = WRITE_MAX_BYTES
    joined_max_bytes = JOINED_MAX_BYTES
    write_flags = _WRITE_FLAGS
    carries_heartbeats = True
    frame = Outgoing
    prefix_of = staticmethod(PREFIX.pack)

    def __init__(self, sock: socket.socket) -> None:
        """Take over `sock`."""
        # The socket itself stays blocking, because its reader waits in it; every write says for
        # itself that it must not block.
        sock.setblocking(True)
        self.socket = sock
        # One piece costs a third less through `send` than through `sendmsg`.
        self.write_joined: Callable[[bytes, int], int] = sock.send
        # poll knows no highest descriptor, unlike select.
        self._poll = select.poll()
        self._poll.register(sock.fileno(), select.POLLOUT)
        self._bell: Bell | None = None

    def write(self, pieces: Pieces) -> int:
        """Hand `pieces` to the kernel without copying and without blocking."""
        return self.socket.sendmsg(pieces, [], _WRITE_FLAGS)

    def wait(self, wait_us: int) -> object:
        """Poll for the whole milliseconds of `wait_us`, and for less than one by `wait_briefly`.

        So a wait may end early, and is asked for again. Any event is a wake, hang-ups and errors
        too: the write that follows tells the cause. After `shutdown` a Unix socket hangs up without
        ever becoming writable.
        """
        whole_ms = wait_us // 1000
        if whole_ms:
            woken: object = self._poll.poll(whole_ms)
        else:
            woken = wait_briefly(self._poll, self.socket, self._bell, wait_us)
        if self._bell is not None:
            self._bell.hush()
        return woken

    def waker(self) -> Callable[[], None]:
        """Return what rings a bell that `wait` listens to; only the holder of the lock asks."""
        if self._bell is None:
            self._bell = Bell()
            self._poll.register(self._bell, select.POLLIN)
        return self._bell.ring

    def read(self, most_bytes: int) -> bytes:
        """Receive at most `most_bytes`."""
        return self.socket.recv(most_bytes)

    def shut_down(self) -> None:
        """Shut both directions down; the descriptor stays."""
        self.socket.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """Close the descriptor, whose number may be used again."""
        self.socket.close()
        if self._bell is not None:
            self._bell.close()


class Parking(Protocol):
    """A place for one waiter: who acquires it a second time waits until it is released."""

    def acquire(self) -> object: ...

    def release(self) -> object: ...


class Condition(AbstractContextManager[Any], Protocol):
    """A mutex, and a sleep that lets go of it; as that of `threading`."""

    def wait(self, timeout: float | None = None) -> bool: ...

    def notify_all(self) -> None: ...


class Event(Protocol):
    """A flag to wait for, as that of `threading`."""

    def set(self) -> None: ...

    def wait(self, timeout: float | None = None) -> bool: ...


class Queue(Protocol):
    """First in, first out, without bound; as that of `queue`."""

    def put(self, item: Any) -> None: ...

    def get(self) -> Any: ...


class Thread(Protocol):
    """Something that runs beside the others, as that of `threading`."""

    def start(self) -> None: ...

    def join(self, timeout: float | None = None) -> None: ...

    def is_alive(self) -> bool: ...


class Io(Protocol):
    """Where drivers run: how they learn the time, how they wait, and for whom.

    Time-outs are in seconds, as in the standard library; an exact clock takes them for the nearest
    microsecond.
    """

    def now_us(self) -> int:
        """Return the time."""

    def parking(self) -> Parking:
        """Return a place that is free."""

    def mutex(self) -> AbstractContextManager[Any]:
        """Return a lock that may be held over a wait; no order is promised."""

    def condition(self) -> Condition: ...

    def event(self) -> Event: ...

    def queue(self) -> Queue: ...

    def thread(self, run: Callable[[], object], name: str) -> Thread:
        """Return what runs `run` once it is started, and keeps no program from ending."""

    def sleep(self, wait_us: int) -> None:
        """Wait for nothing but time."""


class RealIo:
    """The clock of the system, its threads and its locks."""

    now_us = staticmethod(now_us)
    parking = staticmethod(allocate_lock)
    mutex = staticmethod(threading.Lock)
    event = staticmethod(threading.Event)

    def queue(self) -> Queue:
        """Return an empty queue."""
        return SimpleQueue[Any]()

    def condition(self) -> Condition:
        """Return a condition of a lock that is not reentrant."""
        return threading.Condition(threading.Lock())

    def thread(self, run: Callable[[], object], name: str) -> Thread:
        """Return a daemon thread."""
        return threading.Thread(target=run, name=name, daemon=True)

    def sleep(self, wait_us: int) -> None:
        """Sleep, if it is for any time at all."""
        if wait_us:
            time.sleep(wait_us / MICROSECONDS)


REAL: Io = RealIo()
"""What drivers run on where nobody says otherwise."""
