"""The intermediary of lazy references: it passes them on, and sees no payload.

The stall it guards against: see `machines.lazy_reference`, which counts what is held here.

Threads: one calls `run`. Each send is bounded by its connection, so that a target that does not
read ends the passing on and not the process.

Spec: `spec/lr.md`.
"""

from stallproof.drivers.lazy_messages import LazyReference, MessageConnection
from stallproof.machines.lazy_reference import Held, on_let_go, on_taken


class LazyIntermediary:
    """Pass references on from one connection to another."""

    def __init__(self, source: MessageConnection, target: MessageConnection) -> None:
        """Stand between `source`, which must bound what it takes in, and `target`."""
        self._source = source
        self._target = target
        self.held = Held()

    def run(self) -> int:
        """Pass on until either side ends; close both, and return how many were passed on.

        What is no reference is not passed on, and ends it as well: nobody can hide a payload in it.
        """
        passed = 0
        try:
            while (message := self._source.hear()) is not None:
                if not isinstance(message, LazyReference):
                    self._source.note(f"{type(message).__name__} is no reference")
                    break
                self.held = on_taken(self.held, message.size_bytes)
                if not self._target.tell(message):
                    break
                self.held = on_let_go(self.held)
                passed += 1
        finally:
            self._source.close()
            self._target.close()
        return passed
