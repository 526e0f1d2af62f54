"""Which sends were asked for, and how their callers give them up.

A caller may give up as soon as it has asked, before the thread of its send has come as far as the
implementation. So who asks for a send leaves here what it can be given up by, right away.

Spec: `spec/protocol.md`, `give_up`.
"""

from stallproof.drivers.give_up import GiveUp
from stallproof.harness.adapter import Unsupported
from stallproof.wire.protocol import GiveUpRequest, SendRequest
from stallproof.wire.request import GIVE_UP


class Callers:
    """The callers of all sends of a process or of a case, by connection and number."""

    def __init__(self) -> None:
        """Begin with no send."""
        self._sends: dict[tuple[str, int], GiveUp] = {}

    def asked(self, request: SendRequest) -> GiveUp:
        """Return what the send of `request`, which is being asked for, can be given up by."""
        give_up = GiveUp()
        self._sends[request.conn, request.send] = give_up
        return give_up

    def give_up(self, request: GiveUpRequest, features: tuple[str, ...] | list[str]) -> None:
        """Give up a send; one that has ended, or was never asked for, changes nothing.

        Raises `Unsupported` where `features` says that nobody listens.
        """
        if GIVE_UP not in features:
            raise Unsupported("no send of this implementation can be given up")
        if (give_up := self._sends.get((request.conn, request.send))) is not None:
            give_up.set()
