"""Sends over a kernel that follows a script, without any thread, and all that can be seen of them.

A script says, send by send, what is sent and what happens on the way: in each place where a driver
calls out, the time goes on, the connection is closed, or the caller gives up.
"""

import errno
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from stallproof.drivers.frame import PREFIX, FrameType, Outgoing
from stallproof.drivers.give_up import GiveUp
from stallproof.drivers.guarded import GuardedConnection, SendFailed
from stallproof.drivers.io import RealIo
from stallproof.drivers.steps import BARE, Steps
from stallproof.machines.connection import Cause
from stallproof.machines.policy import Policy
from stallproof.wire.event import Event

TIMEOUT_US = 100
POLICY = Policy(send_timeout_us=TIMEOUT_US)
JOINED_MAX_BYTES = 40
WRITE_MAX_BYTES = 120
ALL = 1 << 20
"""What a write takes that has room for everything."""
Answer = int | str
"""How many bytes a write takes at most, or the name of the error that it raises."""
ERRORS = ("EAGAIN", "EINTR", "EPIPE", "ECONNRESET", "ETIMEDOUT", "ENOBUFS", "?", "interrupt")


@dataclass(frozen=True)
class Happening:
    """What happens where a driver calls out: time passes, and then perhaps somebody acts."""

    passes_us: int = 0
    act: str = ""
    """`close`, `give_up` or nothing."""


@dataclass(frozen=True)
class OneSend:
    """A send, what the kernel answers to its writes, and what happens meanwhile.

    `locked` happens as the lock is told of, or as the frame is made; then one of `writing` with
    each write, and one of `waiting` with each wait. What is not there is a whole write, and a wait
    to the end.
    """

    size_bytes: int = 8
    header_bytes: int = 0
    is_reported: bool = True
    may_give_up: bool = False
    is_view: bool = False
    answers: tuple[Answer, ...] = ()
    locked: Happening = Happening()
    writing: tuple[Happening, ...] = ()
    waiting: tuple[Happening, ...] = ()


class StillIo(RealIo):
    """The world without a thread: what is given to one never runs."""

    def thread(self, run: Callable[[], object], name: str) -> Any:
        return StillThread()


class StillThread:
    """A thread that never begins."""

    def start(self) -> None: ...

    def join(self, timeout: float | None = None) -> None: ...

    def is_alive(self) -> bool:
        return True


class Kernel:
    """A transport that follows the script, and keeps what it sees."""

    write_max_bytes = WRITE_MAX_BYTES
    joined_max_bytes = JOINED_MAX_BYTES
    write_flags = 7
    carries_heartbeats = True

    def __init__(self) -> None:
        self.now_us = 1000
        self.took = b""
        self.seen: list[object] = []
        self.conn: GuardedConnection | None = None
        self._give_up: GiveUp | None = None
        self._answers: Iterator[Answer] = iter(())
        self._locked: list[Happening] = []
        self._writing: Iterator[Happening] = iter(())
        self._waiting: Iterator[Happening] = iter(())

    def clock(self) -> int:
        return self.now_us

    def record(self, event: Event) -> None:
        self.seen.append(event)

    def play(self, one: OneSend, conn: GuardedConnection, number: int) -> None:
        """Send, and keep how it ended and what it left behind."""
        self.conn, self._give_up = conn, GiveUp() if one.may_give_up else None
        self._answers, self._locked = iter(one.answers), [one.locked]
        self._writing, self._waiting = iter(one.writing), iter(one.waiting)
        payload: Any = bytes([number % 256]) * one.size_bytes
        try:
            told: object = conn.send(
                memoryview(payload) if one.is_view else payload, header=b"h" * one.header_bytes,
                send_id=number if one.is_reported else None, give_up=self._give_up,
                stream_id=number, kind=FrameType.ACK if number % 3 else FrameType.DATA,
            )  # fmt: skip
        except SendFailed as failed:
            told = (str(failed), failed.sent)
        except KeyboardInterrupt:
            told = "interrupted"
        is_free = conn.lock.try_acquire()
        conn.lock.release()
        self.seen.append(
            (told, conn.lock_holder, is_free, conn.is_closing, conn._sequence, conn.lock.serving)
        )

    # --- the transport ----------------------------------------------------------------------------

    def frame(self, kind: int, sequence: int, payload: Any, header: bytes, stream: int) -> Outgoing:
        self._make()
        return Outgoing(kind, sequence, payload, header, stream)

    def prefix_of(self, *fields: int) -> bytes:
        self._make()
        return PREFIX.pack(*fields)

    def write_joined(self, whole: bytes | memoryview, flags: int) -> int:
        assert self.write_flags == flags
        return self.write([whole])

    def write(self, pieces: list[bytes | memoryview]) -> int:
        """Take what the script says, at the time at which the write ends."""
        offered = b"".join(pieces)
        self._see("write", offered)
        answer = next(self._answers, ALL)
        self._happens(next(self._writing, Happening()))
        if answer == "interrupt":
            raise KeyboardInterrupt
        if isinstance(answer, str):
            number = getattr(errno, answer, None)
            raise RuntimeError(answer) if number is None else OSError(number, answer)
        taken = min(answer, len(offered))
        self.took += offered[: max(0, taken)]
        return taken

    def wait(self, wait_us: int) -> object:
        """Wait as long as the script says, to the end if it says nothing."""
        self._see("wait", wait_us)
        self._happens(next(self._waiting, Happening(passes_us=wait_us)))
        return True

    def waker(self) -> Callable[[], None]:
        return lambda: None

    def read(self, most_bytes: int) -> bytes:
        raise AssertionError("no thread reads here")

    def shut_down(self) -> None:
        self._see("shut", None)

    def release(self) -> None:
        raise AssertionError("no thread releases here")

    # --- what happens -----------------------------------------------------------------------------

    def _make(self) -> None:
        """Let happen what does before the first write, once for each send.

        A connection that is closing needs no frame, and whether one is made is nobody's business.
        """
        assert self.conn is not None
        if self._locked and not self.conn.is_closing:
            self._happens(self._locked.pop())

    def _see(self, what: str, value: object) -> None:
        """Note a call, and who would be seen to hold the lock by the monitor."""
        assert self.conn is not None
        self.seen.append((what, value, self.now_us, self.conn.snapshot()))

    def _happens(self, one: Happening) -> None:
        self.now_us += one.passes_us
        if one.act == "close":
            assert self.conn is not None
            self.conn.begin_closing(Cause.LOCAL)
        elif one.act == "give_up" and self._give_up is not None:
            self._give_up.set()


def played(script: tuple[OneSend, ...], steps: Steps = BARE, *, at: int = 0) -> Kernel:
    """Play `script` on a connection whose last number was `at`, and return what was seen."""
    kernel = Kernel()
    conn = GuardedConnection(
        kernel, POLICY, "c", kernel.record, clock=kernel.clock, steps=steps, io=StillIo()
    )
    conn._sequence = at
    for number, one in enumerate(script):
        kernel.play(one, conn, number)
    return kernel


def drawn(by: random.Random) -> tuple[OneSend, ...]:
    """Draw a script; most frames are small, and most times near the deadline."""
    return tuple(_send(by) for _ in range(by.randint(1, 6)))


def _send(by: random.Random) -> OneSend:
    return OneSend(
        size_bytes=by.choice((0, 1, 8, 39, 40, 41, 103, 104, 105, 300)),
        header_bytes=by.choice((0, 0, 5)),
        is_reported=by.random() < 0.7, may_give_up=by.random() < 0.4, is_view=by.random() < 0.3,
        answers=tuple(_answer(by) for _ in range(by.randint(0, 4))),
        locked=_happening(by, often=0.25),
        writing=tuple(_happening(by, often=0.25) for _ in range(by.randint(0, 3))),
        waiting=tuple(_happening(by, often=0.6) for _ in range(by.randint(0, 3))),
    )  # fmt: skip


def _answer(by: random.Random) -> Answer:
    if by.random() < 0.4:
        return by.choice(ERRORS[:2]) if by.random() < 0.6 else by.choice(ERRORS)
    return by.choice((ALL, ALL, 0, -1, 1, 7, 15, 16, 17, 24, 55, 56, 57))


def _happening(by: random.Random, *, often: float) -> Happening:
    if by.random() >= often:
        return Happening()
    us = by.choice((0, 1, 50, TIMEOUT_US - 1, TIMEOUT_US, TIMEOUT_US + 1))
    return Happening(us, by.choice(("", "", "", "close", "give_up", "give_up")))
