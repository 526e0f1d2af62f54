"""A wrong implementation: a receiver that reported an error is told that the stream stopped.

It knows. Two sides that do this to each other can go on for ever (AP-9).
"""

from stallproof.drivers.frame import FrameType
from stallproof.drivers.stream_frames import notice_header, stream_id_of
from stallproof.drivers.stream_sender import StreamSender
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.stream import StreamOutcome, is_notified


class TellingSender(StreamSender):
    """Send a notice after an error ACK as well."""

    def _is_notified(self, outcome: StreamOutcome) -> bool:
        return outcome is StreamOutcome.ACK_ERROR or is_notified(outcome)

    def _send_notice(self) -> None:
        if self.stream.outcome is not StreamOutcome.ACK_ERROR:
            super()._send_notice()
            return
        # Notices have no number for this reason, since the reference never sends it.
        header = notice_header(self.number, StreamOutcome.CANCELLED)
        self._conn.send(
            b"", kind=FrameType.NOTICE, header=header, stream_id=stream_id_of(self.number)
        )


class TellsAReceiverThatReportedTheError(Reference):
    """The reference with a sender that answers errors."""

    name = "tells-a-receiver-that-reported-the-error"
    stream_class = TellingSender


if __name__ == "__main__":
    main(TellsAReceiverThatReportedTheError)
