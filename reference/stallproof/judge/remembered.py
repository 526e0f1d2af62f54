"""What is remembered of the runs once each was judged and let go.

The intuition: a report asks of all runs together which of them were to bring a situation about, by
what clock, on which transports, what they lacked, and what came to pass where it did not. None of
that takes their events. So a trace of any length is judged in the memory of its longest run.

The use: `Remembered.add(run, seen)` for each run, with what was seen until then, the run included;
`standing` and `offline` read the rest.

Spec: `spec/README.md` (verdicts).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count

from stallproof.judge.distinct import Distinct
from stallproof.judge.evaluate import Evaluated
from stallproof.judge.evidence.happened import Tales
from stallproof.judge.evidence.run import Run
from stallproof.judge.model.situation import VIRTUAL
from stallproof.judge.trouble import Trouble

Seen = Mapping[str, Mapping[str | None, Evaluated]]
"""What was seen of each requirement, by situation."""


@dataclass(slots=True)
class Bringing:
    """What became of the runs that were to bring one situation about.

    `lacking`: the features that each lacked, of those that lacked any. `is_named`: whether any of
    them named the situations that it was for. `tales`: of those that were played.
    """

    lacking: set[frozenset[str]] = field(default_factory=set)
    is_played: bool = False
    is_named: bool = False
    tales: Tales = field(default_factory=Tales)
    transports: set[str] = field(default_factory=set)

    def with_more(self, other: "Bringing") -> "Bringing":
        """Return both together."""
        return Bringing(
            self.lacking | other.lacking,
            self.is_played or other.is_played,
            self.is_named or other.is_named,
            self.tales.with_more(other.tales),
            self.transports | other.transports,
        )


NOTHING = Bringing()


class Remembered:
    """What is known of all runs; `without`: the features that nobody wanted judged.

    What happened is remembered for situations that were not witnessed until then: of all others
    nobody asks. A run that names no situations, as in a log, was for all of its requirements.
    """

    def __init__(self, without: Iterable[str] = ()) -> None:
        self.without = frozenset(without)
        self.names = Distinct()
        self.transports: set[str] = set()
        self.grace_us = self.noise_us = 0
        self.trouble = Trouble()
        self._clocks: set[str] = set()
        self._lacked: dict[str, set[str]] = {}
        self._brought: dict[tuple[str, str | None], Bringing] = {}
        self._known: set[tuple[str, ...]] = set()
        self._number = count()

    @property
    def are_virtual(self) -> bool:
        """Whether everything was played in virtual time."""
        return self._clocks == {"virtual"}

    def add(self, run: Run, seen: Seen) -> None:
        """Remember `run`; `seen` holds what was seen in all runs until now, in this one as well."""
        self._clocks.add(run.begun.clock)
        self.names.add(run.begun.name)
        self.transports |= transports_of(run)
        self.grace_us = max(self.grace_us, run.grace_us)
        self.noise_us = max(self.noise_us, run.ended.noise_us if run.ended else 0)
        self.trouble.add(run)
        if run.begun.clock == "virtual":
            self._add_virtual(run)
        else:
            self._add_real(run, seen)

    def bringing(self, requirement: str, situation: str) -> Bringing:
        """Return what became of the runs that were to bring `situation` about."""
        named = self._brought.get((requirement, situation), NOTHING)
        if situation == VIRTUAL:
            return named
        return named.with_more(self._brought.get((requirement, None), NOTHING))

    def lacked(self, requirement: str) -> set[str]:
        """Return the features for lack of which any run said nothing of `requirement`."""
        return self._lacked.get(requirement, set())

    def _add_virtual(self, run: Run) -> None:
        """Remember a run in virtual time: there are very many, of few kinds."""
        kind = tuple(run.begun.requirements)
        named = run.begun.situations or None
        if not run.unsupported and named is None:
            if kind in self._known:
                return
            self._known.add(kind)
        for requirement in kind:
            lacking = self._lacking(run, requirement)
            if named is None or VIRTUAL in named.get(requirement, ()):
                _into(self._at(requirement, VIRTUAL), run, lacking)

    def _add_real(self, run: Run, seen: Seen) -> None:
        number = next(self._number)
        for requirement in run.begun.requirements:
            lacking = self._lacking(run, requirement)
            names = run.begun.situations or None
            situations = [None] if names is None else dict.fromkeys(names.get(requirement, ()))
            for situation in situations:
                one = seen.get(requirement, {}).get(situation)
                if situation is not None and one is not None and one.witnessed:
                    self._brought.pop((requirement, situation), None)
                    continue
                into = self._at(requirement, situation)
                _into(into, run, lacking)
                into.transports |= transports_of(run) - {""}
                if not lacking:
                    into.tales.add(run, number)

    def _at(self, requirement: str, situation: str | None) -> Bringing:
        found = self._brought.get((requirement, situation))
        if found is None:
            found = self._brought[requirement, situation] = Bringing()
        return found

    def _lacking(self, run: Run, requirement: str) -> frozenset[str]:
        if not run.unsupported:
            return frozenset()
        lacking = frozenset(lacked(run, requirement))
        self._lacked.setdefault(requirement, set()).update(lacking)
        return lacking


def _into(into: Bringing, run: Run, lacking: frozenset[str]) -> None:
    into.is_named = into.is_named or bool(run.begun.situations)
    if lacking:
        into.lacking.add(lacking)
    else:
        into.is_played = True


def lacked(run: Run, requirement: str) -> set[str]:
    """Return the features for lack of which `run` said nothing of `requirement`."""
    return {
        one.feature
        for one in run.unsupported
        if not one.requirements or requirement in one.requirements
    }


def transports_of(run: Run) -> set[str]:
    """Return the transports of all connections of `run`."""
    return run.once("transports", lambda: {conn.transport for conn in run.conns.values()})
