"""A wrong implementation: its progress clock runs on while nobody waits.

A source that pauses for longer than the timeout, or a stream that queued before it started, fails
at the first look of its first wait (AP-4). The seed profile allows it.
"""

from typing import Any

from stallproof.drivers.stream_sender import StreamSender
from stallproof.harness.reference import Reference
from stallproof.harness.server import main


class ForgetfulSender(StreamSender):
    """Count from the last progress, whenever the wait began."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named, seed=True)


class ForgetsThePause(Reference):
    """The reference with the seed profile's progress clock."""

    name = "forgets-the-pause"
    stream_class = ForgetfulSender


if __name__ == "__main__":
    main(ForgetsThePause)
