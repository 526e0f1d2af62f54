"""A wrong implementation: a send that fails while the connection is closing is reported as OK.

Nothing is raised, as in an orderly close, and the caller takes the data for sent.
"""

from stallproof.drivers.frame import FrameType, Payload
from stallproof.drivers.guarded import GuardedConnection
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.machines.send_deadline import Outcome


class ObligingConnection(GuardedConnection):
    """Return OK whenever nothing was raised."""

    def send(
        self, payload: Payload, *, send_id: int | None = None, kind: FrameType = FrameType.DATA,
        header: bytes = b"", stream_id: int = 0,
    ) -> Outcome:  # fmt: skip
        super().send(payload, send_id=send_id, kind=kind, header=header, stream_id=stream_id)
        return Outcome.OK


class OkWhileClosing(Reference):
    """The reference with an obliging send."""

    name = "ok-while-closing"
    connection_class = ObligingConnection


if __name__ == "__main__":
    main(OkWhileClosing)
