"""Helpers of the tests of downloads: a clock that is moved by hand, and two kinds of peers."""

import contextlib
import socket
import threading
from collections.abc import Callable, Sequence

from stallproof.drivers.download import ANSWERED, ASKED, Download
from stallproof.drivers.frame import FrameReader, FrameType, Outgoing
from stallproof.drivers.io import Io, RealIo
from stallproof.harness.simulated.io import SimulatedIo
from stallproof.machines.download_session import Action, Limits, Report
from tests.drivers.peers import PATIENCE_S

S = 1_000_000


def answer(request: int, payload: bytes, *, is_piece: bool = True) -> bytes:
    """Return the frame of an answer."""
    frame = Outgoing(FrameType.DATA, 0, memoryview(payload), ANSWERED.pack(request, is_piece))
    return b"".join(frame.rest(0, frame.size_bytes))


def piece(number: int) -> bytes:
    """Return the piece of that number."""
    return b"piece %d" % number


class _Moved(threading.Condition):
    """Sleeps until somebody notifies; `parked` tells that somebody is about to, lock in hand."""

    def __init__(self, parked: threading.Event) -> None:
        super().__init__(threading.Lock())
        self.parked = parked

    def wait(self, timeout: float | None = None) -> bool:
        self.parked.set()
        assert super().wait(PATIENCE_S), "nobody woke who waits"
        return True


class MovedIo(RealIo):
    """Real threads, and a clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at_us = 0
        self.parked = threading.Event()
        self._made: list[_Moved] = []

    def now_us(self) -> int:
        """Return the time, as far as it was moved."""
        return self.at_us

    def condition(self) -> threading.Condition:
        """Return a condition whose waits end when the clock is moved."""
        self._made.append(_Moved(self.parked))
        return self._made[-1]

    def move(self, by_us: int) -> None:
        """Let time pass."""
        self.at_us += by_us
        for one in self._made:
            with one:
                one.notify_all()


Script = Callable[[int, int], Sequence[bytes]]
"""What a peer says to a request, by its number and its piece; it may move the clock before."""


class Played:
    """A download from a real peer on a thread of its own, and what it reported."""

    def __init__(self, script: Script, limits: Limits, io: Io) -> None:
        self.ours, self._theirs = socket.socketpair()
        self.asked: list[tuple[int, int]] = []
        self.reports: list[Report] = []
        self.on_report: Callable[[Report], object] = lambda _: None
        self.download = Download(self.ours, limits, self._report, io)
        self._script = script
        self._peer = threading.Thread(target=self._answer, daemon=True)

    def _report(self, report: Report) -> None:
        self.reports.append(report)
        self.on_report(report)

    def _answer(self) -> None:
        frames = FrameReader()
        with contextlib.suppress(OSError):
            while came := self._theirs.recv(4096):
                for frame in frames.feed(came):
                    self.asked.append(ASKED.unpack(frame.header))
                    for said in self._script(*self.asked[-1]):
                        self._theirs.sendall(said)

    def vanish(self) -> None:
        """End the peer's side of the connection."""
        self._theirs.shutdown(socket.SHUT_RDWR)

    def run(self) -> Action:
        """Run the download to its end."""
        self._peer.start()
        return self.download.run()

    def __enter__(self) -> "Played":
        return self

    def __exit__(self, *_: object) -> None:
        self.download.close()
        if self._peer.ident is not None:
            self._peer.join(PATIENCE_S)
        self._theirs.close()


class SimulatedPeer:
    """A transport to a peer that answers request n after `delays_us[n - 1]`, or never."""

    write_max_bytes = 1 << 20
    carries_heartbeats = True
    frame = Outgoing

    def __init__(self, io: SimulatedIo, delays_us: Sequence[int | None]) -> None:
        self.asked_us: list[int] = []
        self._io, self._delays_us = io, delays_us
        self._inbox = io.queue()
        self._frames = FrameReader()

    def write(self, pieces: list[bytes | memoryview]) -> int:
        """Take a request, and have it answered."""
        came = b"".join(pieces)
        for frame in self._frames.feed(came):
            request, number = ASKED.unpack(frame.header)
            self.asked_us.append(self._io.now_us())
            after_us = self._delays_us[request - 1] if request <= len(self._delays_us) else None
            if after_us is not None:
                self._answer(answer(request, piece(number)), after_us)
        return len(came)

    def _answer(self, said: bytes, after_us: int) -> None:
        def later() -> None:
            self._io.sleep(after_us)
            self._inbox.put(said)

        self._io.thread(later, "answer").start()

    def read(self, most_bytes: int) -> bytes:
        """Wait for an answer."""
        came: bytes = self._inbox.get()
        return came

    def wait(self, wait_us: int) -> object:
        """There is always room."""
        return True

    def waker(self) -> Callable[[], None]:
        """Nobody waits for room."""
        return lambda: None

    def shut_down(self) -> None:
        """The peer says no more."""
        self._inbox.put(b"")

    def release(self) -> None:
        """Nothing was lent."""
