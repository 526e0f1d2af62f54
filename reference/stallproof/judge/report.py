"""What a run of the oracle says in the end: the verdicts and what they rest on.

Spec: `spec/README.md` (verdicts), schema `spec/schemas/report.schema.json`.
"""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from stallproof.wire.events import AnyEvent

REPORT_SCHEMA = "stallproof.report/1"

Verdict = Literal["pass", "fail", "inconclusive", "not-exercised", "unsupported"]
Standing = Literal["pass", "fail", "inconclusive", "not-exercised", "unsupported", "left-out"]
"""How a part of a requirement came out; `left-out`: it takes a feature that nobody wanted."""
Whole = Literal["pass", "fail", "incomplete"]
Why = Literal[
    "inconclusive", "not-exercised", "unsupported", "harness", "interrupted", "nothing-judged"
]
"""What keeps a report from being complete; `nothing-judged`: all was left out, or allowed."""
Allowable = Literal["inconclusive", "not-exercised", "unsupported"]
"""What a user may accept of these."""


class Contradiction(msgspec.Struct, frozen=True, kw_only=True):
    """The moment `at_us` at which what happened and the law part.

    `event`: the place among the finding's events of the one that must not be; `None` where what was
    due at that moment did not come.
    """

    at_us: int
    event: int | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing worth reading about a requirement: where, why in plain English, on what evidence.

    `transports`: those of the connections that its events are of; empty where that is not known.

    `tells`: `violation` (the requirement is broken), `consequence` (it is broken, and that follows
    from the requirement `of` being broken), `inconclusive` (too noisy or too coarse to say), `gap`
    (a situation that was not witnessed), `unsupported` (a feature declared missing), `note`.
    `contradiction`: known in virtual time, where the law says each moment exactly.
    """

    scenario: str
    explanation: str
    events: list[AnyEvent] = []
    tells: Literal["violation", "consequence", "inconclusive", "gap", "unsupported", "note"] = (
        "violation"
    )
    of: str | None = None
    transports: list[str] = []
    contradiction: Contradiction | UnsetType = UNSET


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on one requirement. `exercised` counts the witnessed situations.

    `follows`: where it failed, and everything that broke it follows from others, these others.
    `standings`: how each situation came out, by its name; `transports`: the same for each transport
    that was played or declared missing. Both are empty for what was not selected.
    """

    id: str
    title: str
    level: str
    profile: str
    verdict: Verdict
    exercised: int
    selected: bool
    findings: list[Finding]
    situations: dict[str, int] = {}
    follows: list[str] = []
    standings: dict[str, Standing] = {}
    transports: dict[str, Standing] = {}

    @property
    def is_left_out(self) -> bool:
        """Whether all of it takes a feature that nobody wanted judged."""
        return bool(self.standings) and set(self.standings.values()) == {"left-out"}

    @property
    def lacks(self) -> set[Allowable]:
        """What of it is open, each part by itself; nothing of what failed."""
        found: set[Allowable] = set()
        if self.verdict == "fail":
            return found
        for one in (self.verdict, *self.standings.values()):
            if one in ("inconclusive", "not-exercised", "unsupported") and not self.is_left_out:
                found.add(one)
        return found


class HarnessTrouble(msgspec.Struct, frozen=True, kw_only=True):
    """A failure of the harness, apart from every requirement.

    It came so many `times`, in as many `scenarios`; `scenario` is the first of them.
    """

    scenario: str
    what: str
    detail: str
    times: int = 1
    scenarios: int = 1


class Expectation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One requirement that is known to fail, or to fail now and then: why, and where to follow."""

    requirement: str
    reason: str
    link: str


class Expectations(msgspec.Struct, frozen=True, kw_only=True):
    """What was known beforehand, and how it came out.

    `stale`: expected to fail, and passed. `unresolved`: named, and neither passed nor failed.
    `left_out`: named, and not in the scope of this run.
    """

    file: str
    expected: list[Expectation]
    stale: list[Expectation]
    flaky_failed: list[Expectation]
    flaky_passed: list[Expectation]
    unresolved: list[Expectation]
    left_out: list[Expectation]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The report of one run. `requirements` holds every registered ID, in the registry's order.

    `clock`: what was played by, with grace only on the real one. `seed`: of what was generated,
    `None` if nothing was. `volatile` holds what differs between two equal runs: durations, the
    date, the host, the commands. In virtual time nothing else does.

    `stallproof` and `law`: the versions of this program and of the law that it judged by; empty in
    reports of before they were named. `transports`: those on which anything was played.

    `why`: what keeps it from being complete, allowed or not. `interrupted`: why the run ended
    before its time, `None` if it did not. `without`: features that nobody wanted judged; `allowed`:
    what of `why` the user accepts.
    """

    schema: str
    stallproof: str = ""
    law: str = ""
    verdict: Whole
    why: list[Why] = []
    interrupted: str | None = None
    without: list[str] = []
    allowed: list[Allowable] = []
    profile: str
    implementation: dict[str, str]
    selected: list[str]
    clock: Literal["real", "virtual", "both"] = "real"
    seed: int | None = None
    transports: list[str] = []
    grace_us: int
    noise_us: int
    clock_uncertainty_us: int
    scenarios: int
    harness: list[HarnessTrouble]
    requirements: list[Judgement]
    notes: list[str] = []
    expectations: Expectations | None = None
    volatile: dict[str, int | float | str] = {}


def exit_code(report: Report) -> int:
    """Return the exit status for `report`: 0 pass, 1 fail, 3 anything else.

    Raises `TypeError` for what is no report.
    """
    if not isinstance(report, Report):
        raise TypeError(f"exit_code takes a Report, not {report!r}")
    return {"pass": 0, "fail": 1, "incomplete": 3}[report.verdict]
