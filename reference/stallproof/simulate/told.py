"""What is told of a simulation: its moments, what each relay went through, and the end."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from stallproof.simulate.plan import JOB_BEGINS_US, SECOND_US, Plan
from stallproof.wire.events import AnyEvent

PHASES = "phases"
"""Where an outcome has the spans of the job itself."""
NAMES_MAX = 3
"""How many names of a list are told."""


@dataclass(frozen=True)
class Moment:
    """Who did what when."""

    at_us: int
    who: str
    what: str


@dataclass(frozen=True)
class Span:
    """From when until when something lasted on the connection to a relay."""

    from_us: int
    until_us: int
    kind: str


@dataclass
class Outcome:
    """How a simulation ended. `why` is the decision in words; `excluded` says why for each site."""

    plan: Plan
    completed: bool = False
    why: str = ""
    ended_us: int = 0
    results: int = 0
    excluded: dict[str, str] = field(default_factory=dict)
    moments: list[Moment] = field(default_factory=list)
    spans: dict[str, list[Span]] = field(default_factory=dict)
    trace: list[AnyEvent] = field(default_factory=list)

    def by_reason(self) -> Mapping[str, list[str]]:
        """Return the sites that are out, by the reason."""
        found: dict[str, list[str]] = {}
        for site, reason in self.excluded.items():
            found.setdefault(reason, []).append(site)
        return found

    def unseen(self) -> Iterator[str]:
        """Yield, of each stall that could change nothing, why."""
        for one in self.plan.stalls:
            if one.from_us >= self.ended_us:
                yield f"the stall of {one.name} begins when the job is over, and changes nothing"
            elif one.until_us <= JOB_BEGINS_US:
                yield f"the stall of {one.name} is over when the job begins, and changes nothing"
            elif one.name in self.plan.relay_names[self.plan.clients :]:
                yield f"nobody is behind {one.name}: its stall changes nothing"


def seconds(time_us: int) -> str:
    """Return a time as people read it, to the millisecond."""
    return f"{time_us / SECOND_US:.3f} s"


def behind(plan: Plan, sites: Collection[str]) -> str:
    """Return how many `sites` are behind which relay, those with most of them first."""
    numbers: dict[str, int] = {}
    for site in sites:
        relay = plan.relay_of(site)
        numbers[relay] = numbers.get(relay, 0) + 1
    ranked = sorted(numbers.items(), key=lambda one: -one[1])
    told = [f"{number} behind {relay}" for relay, number in ranked[:NAMES_MAX]]
    rest = sum(number for _, number in ranked[NAMES_MAX:])
    return ", ".join([*told, *([f"{rest} behind others"] if rest else [])])


def counted(plan: Plan, sites: Collection[str]) -> str:
    """Return how many `sites` there are, and where."""
    sites_ = "site" if len(sites) == 1 else "sites"
    return f"{len(sites)} {sites_} ({behind(plan, sites)})"


def shortened(reason: str) -> str:
    """Return the reason of a decision with only the first few of each list of names."""

    def few(names: re.Match[str]) -> str:
        every = names.group().split(", ")
        more = len(every) - NAMES_MAX
        return names.group() if more < 1 else f"{', '.join(every[:NAMES_MAX])} and {more} more"

    return re.sub(r"site-\d+(?:, site-\d+)+", few, reason)
