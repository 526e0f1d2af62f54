"""The reference behind a harness whose streams nobody can cancel, or that never says it made one.

The only argument says which: `cancel` or `made`.
"""

import sys

from stallproof.drivers.recorder import Record
from stallproof.harness.adapter import Unsupported
from stallproof.harness.reference import Reference, ReferenceLink
from stallproof.harness.server import main
from stallproof.wire.event import Event
from stallproof.wire.implementation import StreamMade

WAY = sys.argv[1]


class Incomplete(Reference):
    """The reference without one part of its streams."""

    name = "incomplete"

    def __init__(self, record: Record) -> None:
        def told(event: Event) -> None:
            if WAY != "made" or not isinstance(event, StreamMade):
                record(event)

        super().__init__(told)

    def link(self, conn: str) -> ReferenceLink:
        link = super().link(conn)
        if WAY == "cancel":
            link.cancel = _refuse  # type: ignore[method-assign]
        return link


def _refuse(stream: int) -> None:
    raise Unsupported(f"stream {stream} cannot be cancelled")


if __name__ == "__main__":
    main(Incomplete)
