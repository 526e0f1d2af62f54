"""A wrong implementation: every third send fails at once, whatever the peer does.

Nothing refused it, nothing was closing, and no deadline had come: the failure has no cause. It is
no matter of the descriptor either, on whose number it happens now and then.
"""

import itertools

from stallproof.drivers.give_up import GiveUp
from stallproof.harness.adapter import Told
from stallproof.harness.reference import Reference, ReferenceLink
from stallproof.harness.server import main

NUMBERS = itertools.count(1)


class FailingLink(ReferenceLink):
    """Fail before anything is tried."""

    def send(
        self, payload: bytes | memoryview, send_id: int | None, give_up: GiveUp | None = None
    ) -> Told:
        if next(NUMBERS) % 3 == 0:
            return Told("error", raised=True, detail="for no reason")
        return super().send(payload, send_id, give_up)


class FailsNowAndThen(Reference):
    """The reference with sends that fail without a cause."""

    name = "fails-now-and-then"

    def link(self, conn: str) -> ReferenceLink:
        link = super().link(conn)
        link.__class__ = FailingLink
        return link


if __name__ == "__main__":
    main(FailsNowAndThen)
