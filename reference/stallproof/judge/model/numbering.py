"""The sequence numbers that were said in a run in virtual time (SD-14).

The wire order is that of the first writes as they were said: within an instant nobody else knows
it. Where no send says its number, nothing is shown.

Spec: `spec/virtual.md`.
"""

from collections.abc import Iterator, Sequence

from stallproof.judge.evidence.observation import Observation, broken
from stallproof.judge.model.case import Case
from stallproof.judge.model.situation import VIRTUAL
from stallproof.wire.events import AnyEvent, SendEnded, Written

SEQUENCES = 65536
_Wire = tuple[str, int]
"""A connection by its name and the moment of its opening, since names come back."""


class Numbering:
    """The order on each wire, and the number of the first frame on it."""

    def __init__(self) -> None:
        self.is_shown = False
        self._firsts: dict[_Wire, int] = {}
        self._wires: dict[_Wire, dict[int, int]] = {}

    def wrong_in(self, events: Sequence[AnyEvent], case: Case) -> Iterator[Observation]:
        """Take what was said in one turn, after which `case` stands; yield each wrong number."""
        ended: list[tuple[SendEnded, int]] = []
        for event in events:
            if isinstance(event, Written):
                wire = self._wires.setdefault(_wire_of(case, event.conn), {})
                wire.setdefault(event.send, len(wire))
            elif isinstance(event, SendEnded) and event.sequence is not None:
                ended.append((event, event.sequence))
        for event, sequence in ended:
            yield from self._numbered(case, event, sequence)

    def _numbered(self, case: Case, event: SendEnded, sequence: int) -> Iterator[Observation]:
        name = _wire_of(case, event.conn)
        wire = self._wires.get(name, {})
        if event.send not in wire or case.connections[event.conn].carries_streams:
            # With nothing written it has no place on the wire. Between two sends may lie chunks and
            # notices, of which nobody says the number.
            return
        place = wire[event.send]
        first = self._firsts.setdefault(name, (sequence - place) % SEQUENCES)
        wanted = (first + place) % SEQUENCES
        self.is_shown = self.is_shown or place > 0
        if sequence != wanted:
            why = f"Send {event.send}, frame {place + 1} on the wire of {event.conn}, had the "
            why += f"sequence number {sequence}; they rise by 1 in wire order, so it is {wanted}."
            yield broken("SD-14", VIRTUAL, why, [event])


def _wire_of(case: Case, conn: str) -> _Wire:
    return conn, case.connections[conn].opened_us
