"""When the wall clock of the implementation jumped, and whether that can have moved a bound.

A jump lies between its request and its answer. What lies wholly inside a span has come while the
span lasted; what lies wholly outside has not touched it; anything between tells nothing. Nothing
here judges.

Spec: `spec/protocol.md`, `wall_jump`.
"""

from dataclasses import dataclass
from typing import Literal

from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.timeline import Timeline
from stallproof.wire.events import Answered, AnyEvent, Requested

Way = Literal["ahead", "back"]
UNEXPLAINED = (
    "No jump ahead explains that. By the wall clock it would have come sooner, so that something "
    "else made it late."
)


@dataclass(slots=True, frozen=True)
class Jump:
    """One jump that was asked for and carried out."""

    asked: Requested
    answered: Answered

    @property
    def asked_us(self) -> int:
        """It did not come before this."""
        return self.asked.at_us

    @property
    def answered_us(self) -> int:
        """It had come by then."""
        return self.answered.at_us

    @property
    def by_us(self) -> int:
        return self.asked.by_us or 0

    @property
    def way(self) -> Way:
        return "ahead" if self.by_us > 0 else "back"

    @property
    def can_make_late(self) -> bool:
        """Whether a wait that is measured by the wall lasts longer for it."""
        return self.way == "back"

    @property
    def told(self) -> str:
        """The jump in words."""
        return f"the wall clock jumped {self.way} by {abs(self.by_us) / 1e6:g} s"

    @property
    def evidence(self) -> list[AnyEvent]:
        return [self.asked, self.answered]


def jumps_of(run: Run) -> Timeline[Jump]:
    """Return the jumps of `run`, in the order of their requests."""
    if "jumps" not in run.memo:
        pairs = ((asked, run.answer_to(asked)) for asked in run.asked("wall_jump"))
        done = [Jump(a, b) for a, b in pairs if b is not None and b.error is None and a.by_us]
        run.memo["jumps"] = Timeline(done, lambda jump: jump.asked_us)
    jumps: Timeline[Jump] = run.memo["jumps"]
    return jumps


def jump_within(run: Run, begin_us: int, end_us: int, least_us: int) -> Jump | None:
    """Return the first jump by more than `least_us` that came wholly between the two times."""
    jump = jumps_of(run).first_from(begin_us)
    if jump is None or jump.answered_us > end_us or abs(jump.by_us) <= least_us:
        return None
    return jump


def is_untouched(run: Run, begin_us: int, end_us: int) -> bool:
    """Tell whether no jump can have come between the two times."""
    jumps = jumps_of(run)
    before = jumps.last_by(end_us)
    return before is None or before.answered_us < begin_us
