"""A message to oneself: handled here, and never sent to wait for oneself.

The stall it guards against: the only worker sends a message to its own process and waits for the
result, which nobody but itself could make.

The intuition: a name is one's own or it is not. What is one's own is handled at once, on the same
thread; and nobody can tell by the result which way it went.

Spec: `spec/sm.md`.
"""

from collections.abc import Mapping, Sequence
from enum import Enum

from stallproof.machines.contracts import ensure, require
from stallproof.machines.states import state


class Way(Enum):
    """Where a message is handled: by the thread that submits it, or at the other end."""

    LOCAL = "local"
    SEND = "send"


@state
class Decision:
    """Which way a message goes, and what its submitter gets."""

    way: Way
    result: tuple[str, str]


@require(lambda names: len(names) > 0)
@ensure(
    lambda names, to, result: (result is Way.LOCAL) == any(to == name for name in names),
    "SM-1: what is to oneself is never sent, and nothing else is kept",
)
def way_of(names: Sequence[str], to: str) -> Way:
    """Return the way of a message `to` a name; `names` are one's own, with every alias."""
    return Way.LOCAL if to in names else Way.SEND


def decide(
    names: Sequence[str],
    sender: str,
    to: str,
    topic: str,
    handlers: Mapping[str, tuple[str, str]],
) -> Decision:
    """Return the way of a message, and its result, which is the same on either.

    `sender` decides nothing. Raises `ValueError` for a handler that neither returns nor raises.
    """
    if any(how not in ("returned", "raised") for how, _ in handlers.values()):
        raise ValueError(f"a handler returns or raises: {handlers}")
    return Decision(way_of(names, to), handlers.get(topic, ("unhandled", topic)))
