"""A kit for tests of one's own: a peer that stalls, a clock that stands still, and made-up input.

The intuition: who tests a transport needs the other side of it to misbehave, on demand and soon.
The parts are those of the oracle and of the reference, without a process between them and the test.

The use: `StallingPeer` is a real peer in a thread of its own, `VirtualClock` the time of code that
takes its time from outside, `strategies` are those of Hypothesis, imported where they are asked
for. With pytest they are fixtures (`docs/pytest.md`).
"""

from stallproof.testkit.stalling_peer import StallingPeer
from stallproof.testkit.virtual_clock import Running, VirtualClock

__all__ = ["Running", "StallingPeer", "VirtualClock"]
