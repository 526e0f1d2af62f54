"""Lazy references at their boundaries and against a naive owner."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.judge.rules.machines import law_of
from stallproof.machines import lazy_reference
from stallproof.machines.lazy_reference import Event, Held, LazyDecision, Outcome, What
from tests.models.frozen import FROZEN
from tests.models.lazy_reference import decision

GIB = 1 << 30
ISSUED = Event(What.ISSUED, "r", "model", "c", GIB)
ASKED = Event(What.ASKED, "r", "model", "c")
TAKEN, PASSED = Event(What.TAKEN, "r", who="m"), Event(What.PASSED, "r", who="m")
DIED, GONE = Event(What.DIED, who="m"), Event(What.GONE)


def ended(size_bytes: int, exact: bool = True) -> Event:
    """Return the end of the delivery of so many bytes."""
    return Event(What.ENDED, "r", size_bytes=size_bytes, exact=exact)


def outcome(*events: Event) -> Outcome:
    """Return what the last event comes to."""
    return lazy_reference.decide(events).outcome


@pytest.mark.requirement("LR-1", kind="boundary")
@pytest.mark.parametrize(
    ("size_bytes", "expected"),
    [(GIB - 1, Outcome.NOT_EXACT), (GIB, Outcome.DELIVERED), (GIB + 1, Outcome.NOT_EXACT)],
)
def test_a_byte_too_few_or_too_many_is_not_exact(size_bytes: int, expected: Outcome) -> None:
    """Before, at and after the size; another digest is not exact at any size."""
    assert expected is outcome(ISSUED, ASKED, ended(size_bytes))
    assert Outcome.NOT_EXACT is outcome(ISSUED, ASKED, ended(size_bytes, exact=False))


@pytest.mark.requirement("LR-1", kind="boundary")
def test_the_second_request_of_two_is_refused() -> None:
    """While the first is under way and after it; a delivery that was not exact gives it back."""
    assert LazyDecision(Outcome.DELIVER, "model", GIB, 0, 0) == lazy_reference.decide(
        [ISSUED, ASKED]
    )
    assert Outcome.USED is outcome(ISSUED, ASKED, ASKED)
    assert Outcome.USED is outcome(ISSUED, ASKED, ended(GIB), ASKED)
    assert Outcome.DELIVER is outcome(ISSUED, ASKED, ended(GIB - 1), ASKED)


@pytest.mark.requirement("LR-1", kind="boundary")
@pytest.mark.parametrize("asked", [
    Event(What.ASKED, "s", "model", "c"), Event(What.ASKED, "r", "other", "c"),
    Event(What.ASKED, "r", "model", "d"),
])  # fmt: skip
def test_a_forged_reference_is_unknown_and_uses_nothing_up(asked: Event) -> None:
    """Whatever became of the true one, which stays good until it is asked for by right."""
    assert Outcome.UNKNOWN is outcome(ISSUED, asked)
    assert Outcome.DELIVER is outcome(ISSUED, asked, ASKED)
    assert Outcome.UNKNOWN is outcome(ISSUED, ASKED, asked)
    assert Outcome.UNKNOWN is outcome(ISSUED, Event(What.EXPIRED, "r"), asked)


@pytest.mark.requirement("LR-1", kind="boundary")
def test_a_death_matters_before_passing_on_and_not_after() -> None:
    """What it held is gone with it, and the reference stays good."""
    awaited = Event(What.AWAITED, "r", who="m")
    assert Outcome.AWAITING is outcome(ISSUED, TAKEN, awaited)
    assert Outcome.INTERMEDIARY_DIED is outcome(ISSUED, TAKEN, DIED, awaited)
    assert Outcome.RECEIVED is outcome(ISSUED, TAKEN, PASSED, DIED, awaited)
    assert Outcome.DELIVER is outcome(ISSUED, TAKEN, DIED, ASKED)
    # What is dead takes nothing and passes nothing on.
    assert Outcome.INTERMEDIARY_DIED is outcome(ISSUED, DIED, TAKEN, PASSED, awaited)
    assert 0 == lazy_reference.decide([ISSUED, DIED, TAKEN]).held_references
    held = [lazy_reference.decide([ISSUED, TAKEN, *more]) for more in ([], [PASSED], [DIED])]
    assert [(1, 0), (0, 0), (0, 0)] == [(one.held_references, one.held_bytes) for one in held]
    assert Held(8, 0) == lazy_reference.on_taken(Held(7, 0), GIB)


def test_what_cannot_be_is_refused() -> None:
    """An id that is issued twice, and a size below 0, for the machine and for the law."""
    for events in ([ISSUED, ISSUED], [Event(What.ISSUED, "r", size_bytes=-1)]):
        with pytest.raises(ValueError, match=r"once|below 0"):
            lazy_reference.decide(events)
        given = {"events": [msgspec.to_builtins(one) for one in events]}
        assert law_of("lazy_reference", given) is None
    assert Outcome.OWNER_GONE is outcome(ISSUED, GONE, ASKED)


IDS = st.sampled_from("rs")
WHATS = st.sampled_from([what.value for what in What] + ["asked", "ended"] * 3)
EVENTS = st.fixed_dictionaries(
    {"what": WHATS, "reference": IDS, "item": st.sampled_from("iij"), "who": st.sampled_from("ccd"),
     "size_bytes": st.sampled_from([7, 7, 7, 6]), "exact": st.sampled_from([True, True, False])}
)  # fmt: skip
FIRST = {"what": "issued", "reference": "r", "item": "i", "who": "c", "size_bytes": 7}


@pytest.mark.requirement("LR-1")
@given(st.sampled_from([[], [FIRST]]), st.lists(EVENTS, max_size=14))
def test_machine_law_and_naive_owner_agree(
    begun: list[dict[str, Any]], more: list[dict[str, Any]]
) -> None:
    """Three statements of one law, each written on its own, decide alike on every history."""
    events = begun + more
    machine = FROZEN["lazy_reference"]
    verdict = law_of("lazy_reference", {"events": events})
    try:
        made = msgspec.to_builtins(
            machine.decide([msgspec.convert(one, machine.Event) for one in events])
        )
    except ValueError:
        assert verdict is None
        return
    assert verdict is not None
    assert decision(events) == made == verdict.decision
    assert verdict.broken_by(made) is None
    assert verdict.broken_by({**made, "held_bytes": 7}) == "LR-1"
