"""What is measured beside one repetition: waits for a processor, the harness's clock, its use."""

import contextlib
import os

from stallproof.runner.delays import DelayMonitor
from stallproof.runner.peer.client import PeerBroken, PeerClient
from stallproof.runner.sut.client import HarnessBroken, HarnessClient


def _processes(harness: HarnessClient, peer: PeerClient) -> tuple[int, ...]:
    """Return whose waits count: where one of them has gone, there is nothing to wait for."""
    with contextlib.suppress(HarnessBroken, PeerBroken):
        return (*harness.processes(), peer.pid, os.getpid())
    return (os.getpid(),)


class Measured:
    """What is measured while one repetition plays; nothing until it has begun."""

    def __init__(self) -> None:
        self._harness: HarnessClient | None = None
        self._delays: DelayMonitor | None = None
        self._used_us = 0

    def begin(self, harness: HarnessClient, peer: PeerClient, grace_us: int) -> None:
        """Begin to measure, for a play of `grace_us`; a clock of the harness's own is read."""
        harness.begin()
        self._harness, self._used_us = harness, harness.cpu_us()
        self._delays = DelayMonitor(lambda: _processes(harness, peer), grace_us)
        self._delays.start()

    def end(self) -> tuple[int, int | None, int]:
        """Return the delay, the uncertainty of the harness's clock, and its processor time."""
        if self._harness is None or self._delays is None:
            return 0, None, 0
        used_us = self._harness.cpu_us() - self._used_us
        return self._delays.stop(), self._harness.clock_uncertainty_us, used_us
