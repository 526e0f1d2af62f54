"""A wrong implementation: closing takes the TLS layer down before it shuts the transport down.

A send that is under way then finds no layer, and its next bytes leave unencrypted.
"""

import time

from stallproof.drivers.frame import Payload
from stallproof.drivers.tls_connection import SecureConnection
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.machines.connection import Cause

BETWEEN_S = 0.005
"""How long the layer is gone before the transport is."""


class UndressingConnection(SecureConnection):
    """Drop the layer first, then close."""

    def begin_closing(self, cause: Cause) -> bool:
        if cause is Cause.LOCAL:
            self._session.seal = _in_clear  # type: ignore[method-assign]
            time.sleep(BETWEEN_S)
        return super().begin_closing(cause)


def _in_clear(plain: Payload) -> bytes:
    return bytes(plain)


class LeavesInClear(Reference):
    """The reference with a closing in the wrong order over TLS."""

    name = "leaves-in-clear"
    secure_class = UndressingConnection


if __name__ == "__main__":
    main(LeavesInClear)
