"""A wrong implementation: a send that waits for room asks again and again, without a pause.

It takes "try again" at its word. All bounds are kept, and a processor is busy for as long as the
peer does not read.
"""

from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.io import SocketTransport
from stallproof.harness.reference import FEATURES, Reference
from stallproof.harness.server import main


class SpinningTransport(SocketTransport):
    """Wait for nothing."""

    def wait(self, wait_us: int) -> object:
        return None


class SpinningConnection(GuardedConnection):
    """The connection over such a transport."""

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        self._transport.__class__ = SpinningTransport


class SpinsWhileItWaits(Reference):
    """The reference with sends that spin."""

    name = "spins-while-it-waits"
    connection_class = SpinningConnection
    features = tuple(one for one in FEATURES if one not in ("virtual_time", "tls"))


if __name__ == "__main__":
    main(SpinsWhileItWaits)
