"""The rule for CF-5: relations between knobs are checked and explained.

Each value can be right by itself and the set of them wrong. Every relation is computed anew here
from what was asked for, in microseconds and bytes, and set beside what the implementation reports.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from stallproof.judge.evidence.configurations import numbers_in
from stallproof.judge.evidence.observation import Observation, broken
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.configured_answers import in_core_units, misread, not_in_force
from stallproof.judge.rules.configured_law import (
    ACK_INTERVAL,
    ACK_WAIT,
    CHECKS,
    CHUNK,
    KNOBS,
    PROGRESS,
    SEND,
    STALL,
    SWITCH,
    WINDOW,
)
from stallproof.judge.rules.configured_parts import Parts
from stallproof.judge.rules.configured_reading import Lawful, lawful_ones

KNOBS_OF: dict[str, tuple[str, ...]] = {
    "no_warning": (SEND, STALL),
    "no_close": (SEND, STALL, CHECKS, SWITCH),
    "progress_before_ack_wait": (PROGRESS, ACK_WAIT),
    "ack_interval_in_window": (ACK_INTERVAL, WINDOW),
    "window_holds_chunk": (CHUNK, WINDOW),
    "outer_timeouts": (STALL, CHECKS, SWITCH),
    "close_window_defined": (STALL, SWITCH),
}
"""Each relation with the knobs that decide it."""
SAID_OF: dict[str, tuple[str, ...]] = {
    "no_warning": (SEND, STALL),
    "no_close": (SEND, STALL),
    "progress_before_ack_wait": (PROGRESS, ACK_WAIT),
    "ack_interval_in_window": (ACK_INTERVAL, WINDOW),
    "window_holds_chunk": (CHUNK, WINDOW),
    "outer_timeouts": (STALL,),
    "close_window_defined": (STALL,),
}
"""The knobs that the report of a broken relation names at least, with their values."""
WITH_GRACE = ("no_warning", "no_close")
WORDS_MIN = 4
"""How many words besides names and numbers say at least what follows."""


@dataclass(frozen=True, slots=True)
class Window:
    """The close window of SC-9: its ends after the beginning of a stall, and its premise."""

    lower_us: int
    upper_us: int
    slack_of_premise_us: int

    @property
    def is_defined(self) -> bool:
        return self.slack_of_premise_us >= 0


@dataclass(frozen=True, slots=True)
class Truth:
    """Whether a relation holds, by how much, and whether it stands exactly at its edge.

    `margin`: microseconds or bytes that are left until it breaks; negative: beyond the edge.
    """

    margin: int | None

    @property
    def holds(self) -> bool:
        return self.margin is None or self.margin >= 0


@rule("CF-5")
def cf_5(run: Run) -> Iterator[Observation]:
    """Each relation is reported as holding or broken; a broken one is explained."""
    parts = Parts("CF-5", {"all-hold": {"all"}, "each-broken": KNOBS_OF, "each-at-edge": KNOBS_OF})
    for one in lawful_ones(run, "CF-5"):
        if not one.is_allowed:
            continue
        truths = _truths(run, one)
        yield from not_in_force("CF-5", _situations(truths), one.configuration)
        answered = one.configuration.answered
        if answered is None or answered.error is not None or misread(one):
            # The relations of values that another requirement wants otherwise say nothing.
            continue
        right = True
        for name, truth in truths.items():
            why = None if truth is None else _wrong(one, name, truth)
            right = right and why is None and truth is not None
            if why is not None:
                yield broken("CF-5", _situation(truth), why, one.configuration.events)
            elif truth is not None and truth.margin == -1:
                parts.keep("each-broken", name, one.configuration)
            elif truth is not None and truth.margin == 0:
                parts.keep("each-at-edge", name, one.configuration)
        if right and all(truth is not None and truth.holds for truth in truths.values()):
            parts.keep("all-hold", "all", one.configuration)
    yield from parts.whole()


def _situations(truths: dict[str, Truth | None]) -> dict[str, tuple[str, ...]]:
    """Return the situations that the relations of one configuration belong to, with no knobs."""
    return {_situation(truth): () for truth in truths.values()}


def _situation(truth: Truth | None) -> str:
    if truth is None or (truth.holds and truth.margin != 0):
        return "all-hold"
    return "each-at-edge" if truth.holds else "each-broken"


def _truths(run: Run, one: Lawful) -> dict[str, Truth | None]:
    """Return what is true of each relation; `None` where the law does not say."""
    us = {name: _only(one, name) for name in KNOBS}
    asked = one.configuration.asked
    needs_us = us[SEND] + asked.grace_us
    truths: dict[str, Truth | None] = {
        "no_warning": Truth(us[STALL] - needs_us),
        "progress_before_ack_wait": Truth(us[ACK_WAIT] - us[PROGRESS]),
        "ack_interval_in_window": Truth(us[WINDOW] - us[ACK_INTERVAL]),
        "window_holds_chunk": Truth(us[WINDOW] - us[CHUNK]),
    }
    names = ("no_close", "outer_timeouts", "close_window_defined")
    if not us[SWITCH]:
        return {**truths, **dict.fromkeys(names, Truth(None))}
    window = close_window(run, stall_us=us[STALL], checks=us[CHECKS])
    if window is None:
        return {**truths, **dict.fromkeys(names)}
    truths["close_window_defined"] = Truth(window.slack_of_premise_us)
    # An outer timeout at the very end still breaks the relation: 1 us more is its edge.
    shortest_us = min(asked.outer_timeouts_us.values(), default=None)
    ends_us = window.upper_us + asked.margin_us
    outer = Truth(None if shortest_us is None else shortest_us - ends_us - 1)
    truths["no_close"] = Truth(window.lower_us - needs_us) if window.is_defined else None
    truths["outer_timeouts"] = outer if window.is_defined else None
    return truths


def _only(one: Lawful, name: str) -> int:
    """Return the value of a knob inside; of two that may be in force, the one that is."""
    values = one.values(name)
    answered = one.configuration.answered
    if len(values) > 1 and answered is not None:
        told = in_core_units(KNOBS[name], answered.effective.get(name))
        if told is not None and told in values:
            return int(told)
    return int(min(values))


def close_window(run: Run, *, stall_us: int, checks: int) -> Window | None:
    """Return the close window for the declared form; `None` without a monitor."""
    period_us, slack_us = run.monitor_period_us, run.monitor_slack_us
    if period_us is None or run.monitor_form is None:
        return None
    if run.monitor_form == "a":
        longest_us = period_us + slack_us
        lower_us = stall_us + (checks - 1) * period_us
        return Window(lower_us, stall_us + checks * longest_us, stall_us - longest_us)
    lower_us = stall_us + max(0, (checks - 1) * period_us - slack_us)
    upper_us = stall_us + checks * period_us + slack_us
    premise_us = min(stall_us - period_us - slack_us, period_us - slack_us - 1)
    return Window(lower_us, upper_us, premise_us)


def _wrong(one: Lawful, name: str, truth: Truth) -> str | None:
    """Say what is wrong with the report of one relation; `None` if nothing is."""
    answered = one.configuration.answered
    assert answered is not None
    told = [entry for entry in answered.relations if entry.get("relation") == name]
    if len(told) != 1 or not isinstance(told[0].get("holds"), bool):
        return f"{one.configuration}: the relation {name} is reported {len(told)} times, not once."
    holds, text = told[0]["holds"], str(told[0].get("text") or "")
    if holds != truth.holds:
        margin = "" if truth.margin is None else f", with {truth.margin} us or bytes to spare"
        came = f"it is reported as {'holding' if holds else 'broken'}: {text!r}"
        law = f"{'holds' if truth.holds else 'is broken'}{margin}"
        return f"{one.configuration}: the relation {name} {law}, and {came}."
    if holds:
        return None
    missing = _unsaid(one, name, text)
    if not missing:
        return None
    why = f"the report of the broken relation {name} does not say {' or '.join(missing)}"
    return f"{one.configuration}: {why}: {text!r}."


def _unsaid(one: Lawful, name: str, text: str) -> list[str]:
    """Return what the explanation of a broken relation leaves out."""
    asked = one.configuration.asked
    numbers = numbers_in(text)
    missing = [knob for knob in SAID_OF[name] if knob not in text]
    for knob in SAID_OF[name]:
        value = _only(one, knob)
        if not _is_said(value, numbers, is_time=KNOBS[knob].is_time):
            missing.append(f"the value of {knob}")
    if name in WITH_GRACE and not _is_said(asked.grace_us, numbers, is_time=True):
        missing.append("the grace that was used")
    if name == "outer_timeouts":
        outer, shortest_us = min(asked.outer_timeouts_us.items(), key=lambda pair: pair[1])
        if outer not in text or not _is_said(shortest_us, numbers, is_time=True):
            missing.append(f"the outer timeout {outer} and its value")
    words = [w for w in text.split() if w.strip(".,;:()").isalpha() and w not in KNOBS]
    if len(words) < WORDS_MIN:
        missing.append("what follows from it")
    return missing


def _is_said(value: int, numbers: set[Decimal], *, is_time: bool) -> bool:
    """Tell whether a value is among the numbers, in seconds, milliseconds or microseconds."""
    units = (1, 1_000, 1_000_000) if is_time else (1,)
    return any(Decimal(value) / unit in numbers for unit in units)
