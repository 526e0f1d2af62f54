"""The message sequence of a run: who said what to whom, in which order.

The intuition: a counterexample is a list of a hundred statements; what a person wants to see is the
dozen of exchanges in it. The models print these, as `@ sender > peer : a write begins at 2`.

The use: `sequence_in` reads them out of what SPIN printed for a trail.

The complication: the violation of a liveness claim is a run that ends in a cycle. SPIN says where
it begins; what is printed after that point happens again and again.

Spec: `spec/models/README.md`. Source: the models.
"""

import re
from dataclasses import dataclass

from proofs.models.replay_lines import MalformedLine

MARK = "@"
CYCLE = "<<<<<START OF CYCLE>>>>>"
_MESSAGE = re.compile(r"@ (\w+) > (\w+) : (\S.*)")


@dataclass(frozen=True)
class Message:
    """One exchange; a message of somebody to itself is a note."""

    sender: str
    receiver: str
    words: str

    @property
    def is_note(self) -> bool:
        """Tell whether nobody else takes part in it."""
        return self.sender == self.receiver

    def __str__(self) -> str:
        who = self.sender if self.is_note else f"{self.sender} → {self.receiver}"
        return f"{who}: {self.words}"


@dataclass(frozen=True)
class Sequence:
    """The messages of a run. From the one at `repeats_from` on they repeat, if it is not `None`."""

    messages: tuple[Message, ...]
    repeats_from: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return who takes part, in the order of appearance."""
        seen = (name for each in self.messages for name in (each.sender, each.receiver))
        return tuple(dict.fromkeys(seen))


def sequence_in(printed: str) -> Sequence:
    """Return the sequence that a run printed; raise `MalformedLine` for one that is none."""
    messages: list[Message] = []
    repeats_from: int | None = None
    for line in printed.splitlines():
        text = line.strip()
        if text == CYCLE:
            repeats_from = len(messages)
        if text.split(" ")[0] != MARK:
            continue
        found = _MESSAGE.fullmatch(text)
        if found is None:
            raise MalformedLine(text)
        messages.append(Message(found[1], found[2], found[3]))
    return Sequence(tuple(messages), repeats_from)
