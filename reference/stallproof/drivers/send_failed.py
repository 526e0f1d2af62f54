"""What the caller of a send that failed gets to know.

Source: `spec/sd.md`.
"""

from stallproof.drivers.sender import Sent


class SendFailed(Exception):
    """A send ended with TIMEOUT, CLOSED or ERROR; `sent` tells how far it had come."""

    def __init__(self, name: str, sent: Sent) -> None:
        """Describe the failure of a send on connection `name`."""
        why = f": {sent.detail}" if sent.detail else ""
        super().__init__(
            f"send on {name} ended with {sent.outcome.value} after {sent.written_bytes} bytes{why}"
        )
        self.outcome = sent.outcome
        self.sent = sent
