"""What came of a whole search: the findings of its settings, put together and judged.

A search is as it must be only if no law was broken, no setting met its limit, every event type and
every decision that it is to reach was reached, and every law found its situation at least once.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from proofs.search.breadth import Findings, Violation
from proofs.search.searches import AnySetting, Search


@dataclass(frozen=True)
class Outcome:
    """The findings of one search, a `Findings` for each setting that was searched."""

    search: Search
    settings: tuple[AnySetting, ...]
    found: tuple[Findings, ...]

    @property
    def states(self) -> int:
        """The states of all settings together."""
        return sum(each.states for each in self.found)

    @property
    def transitions(self) -> int:
        """The transitions of all settings together."""
        return sum(each.transitions for each in self.found)

    @property
    def depth(self) -> int:
        """The length of the longest shortest history of any setting."""
        return max(each.depth for each in self.found)

    @property
    def seconds(self) -> float:
        """The time that the settings took, one after the other."""
        return round(sum(each.seconds for each in self.found), 3)

    @property
    def violation(self) -> Violation | None:
        """The violation with the shortest history, if a law was broken."""
        broken = [each.violation for each in self.found if each.violation is not None]
        return min(broken, key=lambda violation: len(violation.history), default=None)

    @property
    def truncated(self) -> list[str]:
        """The settings that met the limit on states: they show nothing."""
        pairs = zip(self.settings, self.found, strict=True)
        return [setting.name for setting, each in pairs if each.truncated]

    def total(self, what: str) -> Counter[str]:
        """Return the counts of `what` (events, decisions or laws) over all settings."""
        total: Counter[str] = Counter()
        for each in self.found:
            total.update(getattr(each, what))
        return total

    @property
    def missing(self) -> list[str]:
        """What had to be reached and was not; empty after a violation, which ends it early."""
        if self.violation is not None:
            return []
        wanted = {
            "events": self.search.events,
            "decisions": self.search.decisions,
            "laws": tuple(self.search.laws),
        }
        return [
            f"{what[:-1]} never reached: {name}"
            for what, names in wanted.items()
            for name in names
            if not self.total(what)[name]
        ]

    @property
    def status(self) -> str:
        """`passed`, `violated`, `incomplete` (something was never reached) or `truncated`."""
        if self.violation is not None:
            return "violated"
        if self.truncated:
            return "truncated"
        return "incomplete" if self.missing else "passed"


def exit_status(outcomes: Sequence[Outcome]) -> int:
    """Return 0 if all passed, 1 if a law was broken or something not reached, 3 if cut short."""
    statuses = {outcome.status for outcome in outcomes}
    if statuses & {"violated", "incomplete"}:
        return 1
    return 0 if statuses == {"passed"} else 3


def as_entry(outcome: Outcome) -> dict[str, Any]:
    """Return what `--json` says of one search."""
    return {
        "search": outcome.search.name,
        "says": outcome.search.says,
        "status": outcome.status,
        "states": outcome.states,
        "transitions": outcome.transitions,
        "depth": outcome.depth,
        "seconds": outcome.seconds,
        "settings": [
            {
                "bound": _bound(setting),
                "states": found.states,
                "transitions": found.transitions,
                "depth": found.depth,
                "seconds": found.seconds,
            }
            for setting, found in zip(outcome.settings, outcome.found, strict=True)
        ],
        "events": dict(outcome.total("events")),
        "decisions": dict(outcome.total("decisions")),
        "laws": {
            name: {"requirements": list(law.requirements), "judged": outcome.total("laws")[name]}
            for name, law in outcome.search.laws.items()
        },
        "missing": outcome.missing,
        "truncated": outcome.truncated,
        "violation": None if outcome.violation is None else asdict(outcome.violation),
    }


def _bound(setting: AnySetting) -> dict[str, Any]:
    return asdict(setting)
