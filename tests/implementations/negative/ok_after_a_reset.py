"""A wrong implementation: a send whose connection was refused or reset is reported as OK.

The write fails, the rest of the queue is dropped, and nobody tells the caller.
"""

from stallproof.drivers.frame import FrameType, Payload
from stallproof.drivers.give_up import GiveUp
from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.send_failed import SendFailed
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.machines.send_deadline import Outcome


class CarelessConnection(GuardedConnection):
    """Return OK for what a peer did not take."""

    def send(
        self, payload: Payload, *, send_id: int | None = None, kind: FrameType = FrameType.DATA,
        header: bytes = b"", stream_id: int = 0, give_up: GiveUp | None = None,
    ) -> Outcome:  # fmt: skip
        try:
            return super().send(
                payload, send_id=send_id, kind=kind, header=header, stream_id=stream_id,
                give_up=give_up,
            )  # fmt: skip
        except SendFailed as error:
            if error.outcome in (Outcome.CLOSED, Outcome.ERROR):
                return Outcome.OK
            raise


class OkAfterAReset(Reference):
    """The reference with a careless send."""

    name = "ok-after-a-reset"
    connection_class = CarelessConnection


if __name__ == "__main__":
    main(OkAfterAReset)
