"""A wrong implementation: the deadline is right where it connects, and too long where it accepts.

The two sides of a connection are often made in two places. Whoever is judged as the side that
connects only never shows what the other place has left out.
"""

import dataclasses

from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.wire.protocol import OpenRequest

TOO_LONG = 3


class LateWhenAccepting(Reference):
    """The reference with a deadline three times as long on connections that it has accepted."""

    name = "late-when-accepting"

    def open(self, request: OpenRequest) -> int | None:
        kept = self._policy
        if request.role == "accept":
            self._policy = dataclasses.replace(
                kept, send_timeout_us=TOO_LONG * kept.send_timeout_us
            )
        try:
            return super().open(request)
        finally:
            self._policy = kept


if __name__ == "__main__":
    main(LateWhenAccepting)
