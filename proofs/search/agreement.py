"""Deadline and monitor together, where both keep their promises: SC-9 and CX-5.

Here the surroundings are no longer adversarial in time: the holder is released by its deadline plus
grace at the latest, and checks come as the declared schedule says. Within that, everything may
happen at any moment. The question is which watchdog fires first, and when.

The two ends of the close window are stated anew below, from the formulas of the law, and the search
also has to meet them: a close 1 us after the lower end and a close exactly at the upper one must
both be reached in both forms, or the ends would not be tight.

Spec: `spec/sc.md`, `spec/cx.md`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from proofs.search.connection_moves import ConnectionWorld
from proofs.search.connection_states import CHECK, LOCK, Moment, Move, Setting
from proofs.search.connection_words import decisions
from proofs.search.laws import STATE, Book
from stallproof.machines import close_window
from stallproof.machines.close_window import Case, CloseWindow, Gaps, Schedule

BOOK = Book()
law = BOOK.law


@dataclass(frozen=True, kw_only=True)
class Agreement(Setting):
    """A setting with a schedule of checks and a grace within which an expired send has ended."""

    schedule: Schedule
    grace_us: int = 0


def _agreed(moment: Moment) -> Agreement:
    assert isinstance(moment.setting, Agreement)
    return moment.setting


def lower_us(setting: Agreement) -> int:
    """Return the lower end of the close window, from the law's own formula."""
    limit_us, checks = setting.policy.stall_timeout_us, setting.policy.checks_max
    if isinstance(setting.schedule, Gaps):
        return limit_us + (checks - 1) * setting.schedule.min_us
    ticks = setting.schedule
    return limit_us + max(0, (checks - 1) * ticks.period_us - ticks.late_us)


def upper_us(setting: Agreement) -> int:
    """Return the upper end of the close window, from the law's own formula."""
    limit_us, checks = setting.policy.stall_timeout_us, setting.policy.checks_max
    if isinstance(setting.schedule, Gaps):
        return limit_us + checks * setting.schedule.max_us
    return limit_us + checks * setting.schedule.period_us + setting.schedule.late_us


def is_promised(setting: Agreement) -> bool:
    """Tell whether the premise of the window holds: a check falls inside each stall's limit."""
    schedule = setting.schedule
    if isinstance(schedule, Gaps):
        return setting.policy.stall_timeout_us >= schedule.max_us
    return setting.policy.stall_timeout_us >= schedule.period_us + schedule.late_us


def held_us(setting: Agreement) -> int:
    """Return how long a send can be in flight where the deadline works."""
    return setting.policy.send_timeout_us + setting.grace_us


class AgreementWorld(ConnectionWorld):
    """The composed machine with a holder and a monitor that keep their promises.

    `checked` of the record is the time of the last check under gaps, and the number of the tick
    that is next under ticks. Monitoring begins before any stall, as the law's premise wants.
    """

    def may_pass(self, state: Moment) -> bool:
        """Tell whether nobody has to act before the next instant."""
        setting, record, now_us = _agreed(state), state.record, state.now_us
        if record.holder is not None and now_us >= record.taken_us + held_us(setting):
            return False
        if isinstance(setting.schedule, Gaps):
            return now_us < record.checked + setting.schedule.max_us
        ticks = setting.schedule
        return now_us < record.checked * ticks.period_us + ticks.late_us

    def may_lock(self, state: Moment) -> bool:
        """Tell whether monitoring has begun."""
        return isinstance(_agreed(state).schedule, Gaps) or state.record.checked > 0

    def may_check(self, state: Moment) -> bool:
        """Tell whether the schedule lets a check come now."""
        schedule, record = _agreed(state).schedule, state.record
        if isinstance(schedule, Gaps):
            return state.now_us >= record.checked + schedule.min_us
        return state.now_us >= record.checked * schedule.period_us

    def checked(self, state: Moment) -> int:
        """Return the time of this check, or the tick after the one that it belongs to."""
        if isinstance(_agreed(state).schedule, Gaps):
            return state.now_us
        return state.record.checked + 1

    def decisions(self, move: Move) -> tuple[str, ...]:
        """Return what drivers were told, and whether a close met an end of the window."""
        told = decisions(move)
        return told if move.event.kind != CHECK else (*told, *_at_the_ends(move))


def _at_the_ends(move: Move) -> Iterator[str]:
    setting, stalled_us = _agreed(move.before), move.event.at_us - move.before.record.taken_us
    form = "gaps" if isinstance(setting.schedule, Gaps) else "ticks"
    check = move.effects.check
    if check is not None and check.closes:
        if stalled_us == lower_us(setting) + 1:
            yield f"{form}: closes 1 us after the lower end"
        if stalled_us == upper_us(setting):
            yield f"{form}: closes at the upper end"
        if held_us(setting) == lower_us(setting) + 1:
            yield f"{form}: closes with S + G 1 us beyond the lower end"
    if check is not None and check.warns:
        if held_us(setting) == setting.policy.stall_timeout_us + 1:
            yield f"{form}: warns with S + G 1 us beyond L"


REACHED = tuple(
    f"{form}: {what}"
    for form in ("gaps", "ticks")
    for what in (
        "closes 1 us after the lower end",
        "closes at the upper end",
        "closes with S + G 1 us beyond the lower end",
        "warns with S + G 1 us beyond L",
    )
)
"""What a search of this world must have met: each bound of the law is tight."""


@law("SC-9", looks_at=(CHECK,))
def no_close_at_or_before_the_lower_end(move: Move) -> bool | None:
    """The monitor closes strictly later than the lower end of the close window."""
    if move.effects.closes is None or not is_promised(_agreed(move.before)):
        return None
    return move.event.at_us - move.before.record.taken_us > lower_us(_agreed(move.before))


@law("SC-9", looks_at=(STATE,))
def closed_by_the_upper_end(moment: Moment) -> bool | None:
    """With closing enabled, a stall that outlasts the upper end is being closed."""
    setting, record = _agreed(moment), moment.record
    if not is_promised(setting) or not setting.policy.close_stalled or record.holder is None:
        return None
    if moment.now_us - record.taken_us <= upper_us(setting):
        return None
    return record.cause is not None


@law("SC-9", looks_at=(LOCK,))
def the_window_is_the_laws(move: Move) -> bool | None:
    """The reference states the two ends of the law's formulas, and its premise."""
    setting = _agreed(move.before)
    promised = close_window.is_defined(setting.policy, setting.schedule)
    window = close_window.close_window(setting.policy, setting.schedule)
    return promised == is_promised(setting) and window == CloseWindow(
        lower_us(setting), upper_us(setting)
    )


@law("CF-5", looks_at=(LOCK,))
def an_outer_timeout_is_longer(move: Move) -> bool | None:
    """What an outer timeout must exceed is the upper end plus the margin."""
    setting = _agreed(move.before)
    above_us = close_window.outer_above_us(setting.policy, setting.schedule, margin_us=7)
    return above_us == upper_us(setting) + 7


@law("CX-5", "CF-5", looks_at=(LOCK,))
def the_case_is_the_laws(move: Move) -> bool | None:
    """Silent up to L, warns only up to the lower end, may close beyond it; equality is safe."""
    setting = _agreed(move.before)
    case = close_window.case_of(setting.policy, setting.schedule, grace_us=setting.grace_us)
    if held_us(setting) <= setting.policy.stall_timeout_us:
        return case is Case.SILENT
    return case is (Case.WARNS_ONLY if held_us(setting) <= lower_us(setting) else Case.MAY_CLOSE)


@law("CX-5", looks_at=(CHECK,))
def a_warning_needs_a_longer_deadline(move: Move) -> bool | None:
    """The monitor warns only if send timeout plus grace is more than the stall timeout."""
    setting = _agreed(move.before)
    if move.effects.check is None or not move.effects.check.warns or not is_promised(setting):
        return None
    return held_us(setting) > setting.policy.stall_timeout_us


@law("CX-5", looks_at=(CHECK,))
def a_close_needs_a_longer_deadline(move: Move) -> bool | None:
    """The monitor closes only if send timeout plus grace is more than the lower end."""
    if move.effects.closes is None or not is_promised(_agreed(move.before)):
        return None
    return held_us(_agreed(move.before)) > lower_us(_agreed(move.before))
