"""A wrong implementation: a send that fails while the connection is closing is reported as OK.

Nothing is raised, as in an orderly close, and the caller takes the data for sent.
"""

from stallproof.drivers.frame import FrameType, Payload
from stallproof.drivers.give_up import GiveUp
from stallproof.drivers.guarded import GuardedConnection
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.machines.send_deadline import Outcome


class ObligingConnection(GuardedConnection):
    """Return OK for what is quiet because of a closing."""

    def send(
        self, payload: Payload, *, send_id: int | None = None, kind: FrameType = FrameType.DATA,
        header: bytes = b"", stream_id: int = 0, give_up: GiveUp | None = None,
    ) -> Outcome:  # fmt: skip
        outcome = super().send(
            payload, send_id=send_id, kind=kind, header=header, stream_id=stream_id,
            give_up=give_up,
        )  # fmt: skip
        return Outcome.OK if outcome is Outcome.SUPPRESSED else outcome


class OkWhileClosing(Reference):
    """The reference with an obliging send."""

    name = "ok-while-closing"
    connection_class = ObligingConnection


if __name__ == "__main__":
    main(OkWhileClosing)
