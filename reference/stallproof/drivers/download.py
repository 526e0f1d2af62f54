"""A download over a socket: pieces asked for one by one, retried after waits that an abort ends.

The stall it guards against: a peer that answers nothing keeps its caller for ever, and a caller who
sleeps between two requests hears no abort until he wakes.

The intuition: `download_session` decides, and this keeps its times. Whoever waits here waits on one
condition, for an answer, for the end of a wait, or for an abort, whichever comes first.

The complication: a peer that reads nothing takes no request. What it did not take stays in front of
what follows, so that no request is ever torn. And an answer may be late: it names its request, and
the machine knows which one is in flight.

Spec: `spec/rt.md`.
"""

import contextlib
import socket
import struct
from collections.abc import Callable

from stallproof.drivers.frame import FrameError, FrameReader, FrameType, Incoming, Outgoing
from stallproof.drivers.io import REAL, Io, SocketTransport, Transport
from stallproof.machines import download_session
from stallproof.machines.download_retry import Outcome
from stallproof.machines.download_session import Action, Limits, Report, Session
from stallproof.machines.policy import MICROSECONDS

ASKED = struct.Struct(">QQ")
"""The header of a request: its number, from 1, and the piece that it asks for, from 0."""
ANSWERED = struct.Struct(">Q?")
"""The header of an answer: the number of its request, and whether its payload is the piece."""
READ_BYTES = 256 * 1024


class Download:
    """Ask the peer for every piece, once and again; `pieces` holds those that it answered with."""

    def __init__(
        self, link: socket.socket | Transport, limits: Limits,
        report: Callable[[Report], object], io: Io = REAL,
    ) -> None:  # fmt: skip
        """Take over the connected `link`; `report` is called by who runs the download."""
        self.pieces: list[bytes] = []
        self.why: str | None = None
        self._transport = SocketTransport(link) if isinstance(link, socket.socket) else link
        self._limits, self._report, self._io = limits, report, io
        self._changed = io.condition()
        self._session = download_session.new_session(now_us=io.now_us())
        self._reports: list[Report] = []
        self._unsent = b""
        self._reading = io.thread(self._read, "download-reader")

    @property
    def session(self) -> Session:
        """The download so far."""
        return self._session

    def run(self) -> Action:
        """Download, and return how that ended; `why` says more of a failure. Call it once."""
        with self._changed:
            if self._session.is_abort_asked:
                return Action.ABORT
            self._session = download_session.new_session(now_us=self._io.now_us())
        self._reading.start()
        while (action := self._session.action) in (Action.ASK, Action.RETRY):
            if action is Action.ASK:
                self._request()
            else:
                self._wait()
            self._tell()
        return action

    def abort(self) -> None:
        """End a wait at once, and a request when it is over; never waits. For any thread."""
        with self._changed:
            self._session = download_session.on_abort(self._session, now_us=self._io.now_us())
            self._changed.notify_all()

    def close(self) -> None:
        """Give the transport back, when nobody runs the download any more."""
        with contextlib.suppress(OSError):
            self._transport.shut_down()
        if self._reading.is_alive():
            self._reading.join()
        self._transport.release()

    # --- who runs it ------------------------------------------------------------------------------

    def _request(self) -> None:
        """Ask for the next piece, and wait until that is answered or its time is over."""
        asking = self._session
        until_us = asking.at_us + self._limits.timeout_us
        header = ASKED.pack(asking.request, asking.receipts)
        frame = Outgoing(FrameType.DATA, asking.request & 0xFFFF, memoryview(b""), header)
        self._unsent += b"".join(frame.rest(0, 0))
        self._send(until_us)
        with self._changed:
            while self._is_in_flight(asking) and self.why is None and self._sleep(until_us):
                pass
            if self._is_in_flight(asking):
                outcome = Outcome.TIMEOUT if self.why is None else Outcome.ERROR
                self._step(
                    download_session.on_failure(
                        self._limits, self._session, outcome, now_us=self._io.now_us()
                    )
                )

    def _is_in_flight(self, asking: Session) -> bool:
        session = self._session
        return session.action is Action.ASK and session.request == asking.request

    def _send(self, until_us: int) -> None:
        """Write what is to be asked, as far as the peer takes it by `until_us`."""
        while self._unsent:
            try:
                self._unsent = self._unsent[self._transport.write([self._unsent]) :]
            except BlockingIOError:
                left_us = until_us - self._io.now_us()
                if left_us <= 0:
                    return
                self._transport.wait(left_us)
            except OSError as error:
                self._fail(f"asking failed: {error}")
                return

    def _wait(self) -> None:
        """Wait before a retry, or until somebody aborts."""
        with self._changed:
            due_us = self._session.at_us
            while self._session.action is Action.RETRY and self._sleep(due_us):
                pass
            if self._session.action is Action.RETRY:
                self._session = download_session.on_waited(self._session, now_us=self._io.now_us())

    def _sleep(self, until_us: int) -> bool:
        """Sleep until something changes or it is time; tell whether it was too early for that."""
        left_us = until_us - self._io.now_us()
        if left_us > 0:
            self._changed.wait(left_us / MICROSECONDS)
        return left_us > 0

    def _step(self, step: download_session.Step) -> None:
        self._session, report = step
        if report is not None:
            self._reports.append(report)

    def _tell(self) -> None:
        """Report outside of the lock: whoever is told may take its time."""
        with self._changed:
            reports, self._reports = self._reports, []
        for report in reports:
            self._report(report)

    # --- the reader -------------------------------------------------------------------------------

    def _read(self) -> None:
        frames = FrameReader()
        why = "the peer ended its direction"
        try:
            while piece := self._transport.read(READ_BYTES):
                for frame in frames.feed(piece):
                    self._received(frame)
        except (OSError, FrameError, struct.error) as error:
            why = f"reading failed: {type(error).__name__}: {error}"
        self._fail(why)

    def _received(self, frame: Incoming) -> None:
        """Take an answer in; raises `struct.error` for one that names no request."""
        request, is_piece = ANSWERED.unpack(frame.header)
        with self._changed:
            session = self._session
            if not 1 <= request <= session.request:
                raise FrameError(f"request {request} was never asked")
            if not is_piece:
                self._refused(request, frame.payload)
                return
            self._step(
                download_session.on_answer(self._limits, session, request, now_us=self._io.now_us())
            )
            if self._session.receipts > session.receipts:
                self.pieces.append(frame.payload)
            self._changed.notify_all()

    def _refused(self, request: int, payload: bytes) -> None:
        if self._session.action is Action.ASK and request == self._session.request:
            self.why = f"the peer refused: {payload.decode(errors='replace')}"
            self._changed.notify_all()

    def _fail(self, why: str) -> None:
        """Have the request in flight, or the next one, fail."""
        with self._changed:
            self.why = self.why or why
            self._changed.notify_all()
