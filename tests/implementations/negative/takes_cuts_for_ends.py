"""A wrong implementation: over TLS it takes the end of the transport for the end of the stream.

Whoever cuts the connection makes a part of the data look like the whole of it.
"""

import contextlib
from collections.abc import Iterator

from stallproof.drivers.errors import CutShort
from stallproof.drivers.tls_connection import SecureConnection
from stallproof.harness.reference import Reference
from stallproof.harness.server import main


class TrustingConnection(SecureConnection):
    """Read to the end, whoever made it."""

    def _pieces(self) -> Iterator[bytes]:
        with contextlib.suppress(CutShort):
            yield from super()._pieces()


class TakesCutsForEnds(Reference):
    """The reference with a trusting reader over TLS."""

    name = "takes-cuts-for-ends"
    secure_class = TrustingConnection


if __name__ == "__main__":
    main(TakesCutsForEnds)
