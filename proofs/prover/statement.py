"""How an obligation is written down: given, when, then.

A statement is a function of symbolic arguments. `given` is its precondition. The function returns
`None` when the situation that it is about did not arise (the *when* is false), and otherwise
whether the law held (the *then*). So one function makes two conditions for the prover:

- the proof: under `given`, the result is `None` or true; it must be confirmed over all paths;
- the witness: under `given`, the result is `None`; it must be refuted, which shows that the
  situation can occur at all and that the proof is not empty.

A statement never calls the machine's own questions (`is_idle`, `stall_us`, ...): a law that asks
the code what the law is would agree with every mistake in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

Claim = bool | None
"""`None`: the situation did not arise; otherwise whether the law held in it."""

Statement = Callable[..., Claim]
_S = TypeVar("_S", bound=Statement)


def always() -> bool:
    """Demand nothing of the arguments."""
    return True


@dataclass(frozen=True)
class Obligation:
    """One law about the reference functions, with the requirements that it serves."""

    name: str
    requirements: tuple[str, ...]
    given: Callable[..., bool]
    statement: Statement
    evidence: str = "proof"

    @property
    def summary(self) -> str:
        """The first line of the statement's docstring."""
        return (self.statement.__doc__ or "").strip().splitlines()[0].rstrip(".")


REGISTERED: dict[str, Obligation] = {}
"""Every obligation by name, in the order of registration."""


BASE = "induction, where it begins"
INDUCTION = "induction, one step"
TWO_STEPS = "proof over two steps"
"""Kinds of evidence, as the ledger says them; everything else is a proof about one step."""


def obligation(
    *requirements: str, given: Callable[..., bool] = always, by: str = "proof"
) -> Callable[[_S], _S]:
    """Register the decorated statement under its own name; a name given twice is an error.

    `by` is the kind of evidence.
    """

    def register(statement: _S) -> _S:
        name = statement.__name__
        if name in REGISTERED:
            raise ValueError(f"two obligations are called {name}")
        if not statement.__doc__:
            raise ValueError(f"the obligation {name} has no docstring")
        if given.__name__ == "<lambda>":
            # The prover would look for the text of a lambda inside a contract decorator.
            given.__name__ = f"given_{name}"
        REGISTERED[name] = Obligation(name, requirements, given, statement, by)
        return statement

    return register
