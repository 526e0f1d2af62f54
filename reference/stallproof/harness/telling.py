"""What the exception of a send tells: the error table of SD-7, and the words of the one judged.

The intuition: most libraries have exceptions of their own, and only who wrote them knows that
`SendTimeout` is a time-out. A table of classes says that, and nothing that depends on a moment: a
harness translates, and does not help.

The use: the class attribute `outcomes` of a harness in Python.

The complication: what Python itself raises has its row in the error table. Nobody says otherwise.

Spec: `spec/protocol.md`, "Outcomes".
"""

from collections.abc import Mapping
from typing import get_args

from stallproof.drivers.errors import failure_of
from stallproof.harness.adapter import Told
from stallproof.wire.event import Outcome

Outcomes = Mapping[type[Exception], Outcome]
"""What exceptions of one's own mean, by class; of several that fit, the nearest."""

_MEANT = tuple(one for one in get_args(Outcome) if one != "ok")


def told_of(error: Exception, own: Outcomes) -> Told:
    """Return what a send told that ended by `error`, where `own` says what some of them mean.

    Who says that it is closing has not failed: that is told as not raised (SD-15).
    """
    meant = next((own[kind] for kind in type(error).__mro__ if kind in own), None)
    outcome: Outcome = meant or failure_of(error).value
    raised = outcome != "suppressed"
    return Told(outcome, raised=raised, detail=f"{type(error).__name__}: {error}")


def require_outcomes(owner: str, own: Outcomes) -> None:
    """Raise `TypeError` where the table of the class `owner` says what no table may say."""
    for kind, outcome in own.items():
        name = getattr(kind, "__name__", kind)
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            raise TypeError(f"{owner}.outcomes: {name!r} is no class of exceptions")
        if kind.__module__ == "builtins":
            raise TypeError(f"{owner}.outcomes: the error table of SD-7 has the row of {name}")
        if outcome not in _MEANT:
            raise TypeError(f"{owner}.outcomes: {outcome!r} is none of {', '.join(_MEANT)}")
