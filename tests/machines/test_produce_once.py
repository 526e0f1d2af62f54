"""Producing an item once: boundaries, and machine, law and naive store on drawn histories."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icontract import ViolationError

from stallproof.judge.rules.machines import law_of
from stallproof.machines.produce_once import Item, Next, on_look, on_raised, on_result
from tests.models.frozen import FROZEN
from tests.models.produce_once import decision

Event = list[str]
MACHINE = FROZEN["produce_once"]


def told(events: list[Event]) -> dict[str, object] | None:
    """Return what the machine decides, `None` if it takes no such history."""
    try:
        return dict(msgspec.json.decode(msgspec.json.encode(MACHINE.decide(events))))
    except ValueError:
        return None


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Draw what can happen: who looks produces nothing, and a result is of one who produces."""
    events: list[Event] = []
    producing: set[str] = set()
    for number in range(draw(st.integers(1, 12))):
        free = {"a", "b", "c"} - producing
        verbs = ["look"] * bool(free) + ["produced", "raised"] * bool(producing)
        verb = draw(st.sampled_from([*verbs, "evict", "clear"]))
        if verb == "look":
            event = [verb, draw(st.sampled_from(sorted(free))), draw(st.sampled_from("xy"))]
        elif verb in ("produced", "raised"):
            event = [verb, draw(st.sampled_from(sorted(producing)))]
            event += [str(number)] * (verb == "produced")
            producing.discard(event[1])
        else:
            event = [verb, *draw(st.sampled_from("xy"))] if verb == "evict" else [verb]
        events.append(event)
        if verb == "look" and decision(events)["answer"] == "produce":
            producing.add(event[1])
    return events


@pytest.mark.requirement("PO-1", "PO-2")
@given(histories())
def test_machine_law_and_naive_store_agree(events: list[Event]) -> None:
    """Three statements of one law, each written on its own, decide alike on every history."""
    verdict = law_of("produce_once", {"events": events})
    made = told(events)
    assert verdict is not None
    assert made is not None
    assert decision(events) == made == verdict.decision
    assert verdict.broken_by(made) is None
    for requirement, situation in verdict.tested.items():
        wrong = {"stored": [["z", "0"]]} if situation != "produces" else {"answer": "wait"}
        assert requirement == verdict.broken_by({**made, **wrong})


@pytest.mark.requirement("PO-1", kind="boundary")
@pytest.mark.parametrize(
    ("item", "next_"),
    [(None, Next.PRODUCE), (Item(7, 1), Next.PRODUCE), (Item(7, 0), Next.RETURN_STORED)],
)
def test_only_what_is_stored_is_not_produced(item: Item | None, next_: Next) -> None:
    """An item that another caller produces already is produced again, without any wait."""
    assert next_ is on_look(item, life=8)[1]


@pytest.mark.requirement("PO-1", kind="boundary")
@pytest.mark.parametrize(("producing", "after"), [(1, None), (2, Item(7, 1)), (0, Item(7, 0))])
def test_the_last_failure_forgets_an_item_of_which_nothing_is_stored(
    producing: int, after: Item | None
) -> None:
    """Others that produce it may still be the first, and what is stored stays."""
    assert after == on_raised(Item(7, producing), life=7)


@pytest.mark.requirement("PO-2", kind="boundary")
@pytest.mark.parametrize("item", [None, Item(6, 1), Item(6, 0), Item(8, 1), Item(8, 0)])
def test_a_result_is_stored_in_its_own_life_only(item: Item | None) -> None:
    """Neither an earlier life nor a later one takes it, whatever is stored there."""
    assert (item, Next.RETURN_OWN) == on_result(item, life=7)
    assert (Item(7, 0), Next.STORE_AND_RETURN) == on_result(Item(7, 1), life=7)


@pytest.mark.parametrize(
    "events",
    [
        [],
        [["produced", "a", "1"]],
        [["raised", "a"]],
        [["look", "a", "x"], ["look", "a", "y"]],
        [["look", "a", "x"], ["produced", "a", "1"], ["produced", "a", "2"]],
        [["look", "a"]],
        [["clear", "x"]],
        [["drop", "x"]],
    ],
)
def test_what_cannot_be_is_no_history(events: list[Event]) -> None:
    """Neither the machine nor the law decides on it."""
    assert told(events) is None
    assert law_of("produce_once", {"events": events}) is None


def test_a_count_that_cannot_be_is_refused() -> None:
    """Fewer than none produce nothing."""
    with pytest.raises(ViolationError):
        on_look(Item(7, -1), life=8)
