"""Opening a connection by the roles of its two ends: one listens, and the other one connects.

The peer reserves an address for who is to accept, and tries it until somebody listens there. The
implementation answers `open` once it has accepted.

Spec: `spec/protocol.md`, `open`.
"""

import time
from typing import TYPE_CHECKING, Any

from stallproof.runner.sut.breakage import HarnessBroken

if TYPE_CHECKING:
    # What starts processes takes long to import, and who only reads the scenarios starts none.
    from stallproof.runner.peer.client import PeerClient
    from stallproof.runner.sut.client import HarnessClient

LISTENS_WITHIN_S = 10.0
"""How long who accepts may take until it listens, and then until it has accepted."""
_TRIES_EVERY_S = 0.005


def opened(
    harness: "HarnessClient", peer: "PeerClient", conn: str, transport: str, **fields: Any
) -> None:
    """Have `conn` opened with `fields`; raises like `HarnessClient.request`."""
    if harness.role == "connect":
        address = peer.listen(conn, transport, mode="drain")
        harness.request("open", conn=conn, transport=transport, **fields, **address)
        return
    address = peer.reserve(conn, transport)
    asked = harness.post("open", conn=conn, transport=transport, role="accept", **fields, **address)
    until = time.monotonic() + LISTENS_WITHIN_S
    while not peer.connect(conn):
        # An answer that comes before the connection is a refusal, or a lie that shows below.
        if harness.wait(asked, _TRIES_EVERY_S) is not None or time.monotonic() > until:
            detail = f"The harness was asked to accept, and nobody listens at {address}."
            raise HarnessBroken("protocol", detail)
    if harness.wait(asked, LISTENS_WITHIN_S) is None:
        raise HarnessBroken("hung", "The harness did not answer 'open' once it was connected to.")
