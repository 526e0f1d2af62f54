"""What the prover is asked and what it may answer.

A task is a proof (must be confirmed), a witness (must be refuted) or a mutant (the proof of the
same statement over wrong code, must be refuted).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["proof", "witness", "mutant"]
Verdict = Literal["confirmed", "refuted-as-expected", "not-confirmed", "error"]
Subject = tuple[Kind, str | None]
"""What a process of the prover asks about: the kind of its questions, and the mutant planted."""


@dataclass(frozen=True)
class Task:
    """One question to the prover; `mutant` names the wrong code that it is asked about."""

    obligation: str
    kind: Kind
    mutant: str | None = None

    @property
    def name(self) -> str:
        """The name under which the ledger lists the task."""
        return self.obligation if self.mutant is None else f"{self.obligation}/{self.mutant}"

    @property
    def subject(self) -> Subject:
        """What a process must be about to carry the task out."""
        return self.kind, self.mutant


@dataclass(frozen=True)
class Answer:
    """What came of a task; `detail` is what the prover said, if it said more than yes."""

    verdict: Verdict
    detail: str


def read_verdict(kind: Kind, states: Sequence[tuple[str, str]]) -> Answer:
    """Turn what the prover said, as pairs of a state's name and a text, into a verdict.

    Whatever is not exactly the wish is no pass.
    """
    detail = "; ".join(f"{state}: {text}" for state, text in states) or "nothing was checked"
    found = [state for state, _ in states]
    if kind == "proof" and found == ["CONFIRMED"]:
        return Answer("confirmed", "")
    if kind != "proof" and found == ["POST_FAIL"]:
        return Answer("refuted-as-expected", detail)
    if any(state in ("SYNTAX_ERR", "IMPORT_ERR") for state in found):
        return Answer("error", detail)
    return Answer("not-confirmed", detail)
