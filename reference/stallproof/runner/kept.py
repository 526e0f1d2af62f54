"""What a worker keeps from one play to the next: its peer, and a harness that begins anew.

The stall it guards against is the oracle's own: starting processes costs a run more of the
processors than all that it plays, and whoever is starting makes noise for those who are measured.
The peer is ours, and forgets on demand. A harness is kept only where it declares `anew`, after a
play that left nothing behind: all that was opened is closed, whatever began has ended, and every
request is answered.

The use: `KEPT.harness(...)` and `KEPT.peer(...)` instead of starting them; when a play is over,
`KEPT.keep_harness(...)` and `KEPT.keep_peer(...)`.

The complication: only a worker's end is ours to see to. Elsewhere nothing is kept, and all is
stopped with its play. How a harness ends that is kept is not noted: the one that is asked who it is
shows that.

Spec: `spec/protocol.md`, `config`.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from multiprocessing.util import Finalize

from stallproof.runner.peer.client import PeerBroken, PeerClient
from stallproof.runner.sut.client import HarnessClient
from stallproof.runner.sut.ending import interruption
from stallproof.wire.events import AnyEvent, Requested, SendEnded, StreamEnded
from stallproof.wire.request import ANEW

Recorder = Callable[[AnyEvent], None]


class Kept:
    """At most one peer, and one harness of one command and environment."""

    def __init__(self) -> None:
        self._peer: PeerClient | None = None
        self._harness: HarnessClient | None = None
        self._of: object = None
        self.names: set[str] = set()
        """Each name of a connection that was opened in what may have been kept."""
        self._at_exit: Finalize | None = None

    def peer(self, record: Recorder) -> PeerClient:
        """Return a peer that tells `record` what it sees: one that is kept, or is being started."""
        peer, self._peer = self._peer, None
        if peer is None:
            peer = PeerClient(record)
            peer.launch()
        peer.record_to(record)
        return peer

    def harness(
        self,
        command: Sequence[str],
        record: Recorder,
        environment: Mapping[str, str] | None = None,
    ) -> HarnessClient:
        """Return a harness of `command` that has started, and in which nothing is in force yet.

        Raises `HarnessBroken` where it cannot be started.
        """
        harness, self._harness = self._harness, None
        if harness is not None and self._of == _identity(command, environment):
            harness.begin_anew(record)
            return harness
        if harness is not None:
            harness.close()
        harness = HarnessClient(command, record, environment=environment)
        try:
            harness.start()
        except BaseException:
            harness.close()
            raise
        self._of = _identity(command, environment)
        return harness

    def keep_peer(self, peer: PeerClient) -> bool:
        """Keep `peer`, and have it forget; false where it is not kept, and has to be stopped."""
        if not self._may_keep():
            return False
        try:
            peer.anew()
        except PeerBroken:
            return False
        self._peer = peer
        return True

    def keep_harness(self, harness: HarnessClient) -> bool:
        """Keep `harness` if it begins anew and owes no reply; false where it has to be closed."""
        if ANEW not in harness.hello.features or harness.owes or not self._may_keep():
            return False
        self._harness = harness
        return True

    def _may_keep(self) -> bool:
        if multiprocessing.parent_process() is None or interruption() is not None:
            return False
        if self._at_exit is None:
            self._at_exit = Finalize(None, self.stop, exitpriority=1)
        return True

    def stop(self) -> None:
        """End what is kept."""
        if self._harness is not None:
            self._harness.close()
        if self._peer is not None:
            self._peer.stop()
        self._harness = self._peer = None


KEPT = Kept()
"""What this process keeps."""


def _identity(command: Sequence[str], environment: Mapping[str, str] | None) -> object:
    return (command, dict(os.environ if environment is None else environment))


def is_over(events: Iterable[AnyEvent]) -> bool:
    """Tell whether every send and every stream that was asked for in a run has ended."""
    going_on: set[tuple[str | None, str, int | None]] = set()
    for event in events:
        match event:
            case Requested(op="send"):
                going_on.add((event.conn, "send", event.send))
            case Requested(op="stream"):
                going_on.add((event.conn, "stream", event.stream))
            case SendEnded():
                going_on.discard((event.conn, "send", event.send))
            case StreamEnded():
                going_on.discard((event.conn, "stream", event.stream))
            case _:
                pass
    return not going_on
