"""A wrong implementation: an ACK is applied, and nobody is woken.

The sender notices the open window at its next check, so that every window costs a whole check
interval. A stop wakes it all the same.
"""

from stallproof.drivers.stream_sender import StreamSender
from stallproof.harness.reference import Reference
from stallproof.harness.server import main


class SleepySender(StreamSender):
    """Sleep on when an ACK comes."""

    def _wake(self) -> None:
        pass


class LosesTheWakeUp(Reference):
    """The reference with a sender that only its alarm clock wakes."""

    name = "loses-the-wake-up"
    stream_class = SleepySender


if __name__ == "__main__":
    main(LosesTheWakeUp)
