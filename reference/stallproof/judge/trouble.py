"""What became of the harness itself, apart from every requirement, of runs that are not kept.

The complication: who leaves a connection open cannot open one of that name again. Where the law was
broken in a run in virtual time, the law tells what is wrong, and the harness did right to refuse.
Which requirements failed is known at the end alone, so that what each run broke is kept with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from stallproof.judge import model
from stallproof.judge.evidence.run import Run
from stallproof.judge.report import HarnessTrouble
from stallproof.wire.events import Answered


@dataclass(slots=True)
class _Alike:
    scenario: str
    times: int = 0
    scenarios: dict[str, None] = field(default_factory=dict)


class Trouble:
    """The trouble with the harness in all runs."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, frozenset[str]], _Alike] = {}

    def add(self, run: Run) -> None:
        """Count what broke in `run`."""
        if not run.broken:
            return
        accused = accused_in(run)
        for one in run.broken:
            alike = self._found.setdefault((one.what, one.detail, accused), _Alike(run.begun.name))
            alike.times += 1
            alike.scenarios[run.begun.name] = None

    def apart_from(self, failed: frozenset[str]) -> list[HarnessTrouble]:
        """Return each trouble once, unless it follows from a requirement that `failed`."""
        together: dict[tuple[str, str], _Alike] = {}
        for (what, detail, accused), one in self._found.items():
            if accused.isdisjoint(failed):
                into = together.setdefault((what, detail), _Alike(one.scenario))
                into.times += one.times
                into.scenarios |= one.scenarios
        return [
            HarnessTrouble(
                scenario=one.scenario,
                what=what,
                detail=detail,
                times=one.times,
                scenarios=len(one.scenarios),
            )
            for (what, detail), one in together.items()
        ]


def accused_in(run: Run) -> frozenset[str]:
    """Return what was broken in a run in virtual time in which a request was refused.

    Of a run in which nothing broke nobody asks.
    """
    return run.once("accused", lambda: _accused(run)) if run.broken else frozenset()


def _accused(run: Run) -> frozenset[str]:
    refused = run.begun.clock == "virtual" and any(one.error for one in run.of(Answered))
    return frozenset(_broken(run)) if refused else frozenset()


def _broken(run: Run) -> Iterator[str]:
    return (seen.requirement for seen in model.observe(run) if seen.tells == "broken")
