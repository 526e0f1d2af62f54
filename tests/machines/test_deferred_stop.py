"""Stopping failing tasks later: boundaries, and machine, law and naive map on drawn histories."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.judge.rules.machines import law_of
from stallproof.machines.deferred_stop import Later, Task, on_failed
from tests.models.deferred_stop import decision
from tests.models.frozen import FROZEN

Event = list[str]
MACHINE = FROZEN["deferred_stop"]


def told(events: list[Event]) -> dict[str, object] | None:
    """Return what the machine decides, `None` if it takes no such history."""
    try:
        return dict(msgspec.json.decode(msgspec.json.encode(MACHINE.decide(events))))
    except ValueError:
        return None


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Draw holds of the lock, in which a few streams are made, fail and are forgotten."""
    events: list[Event] = []
    known: set[str] = set()
    for _ in range(draw(st.integers(1, 4))):
        events.append(["lock"])
        for name in draw(st.lists(st.sampled_from("abc"), max_size=5)):
            verb = draw(st.sampled_from(["failed", "forgotten" if name in known else "made"]))
            known = known if verb == "failed" else known ^ {name}
            events.append([verb, name])
        events.append(["unlock"])
    return events[: draw(st.integers(1, len(events)))]


@pytest.mark.requirement("DS-1", "DS-2")
@given(histories())
def test_machine_law_and_naive_map_agree(events: list[Event]) -> None:
    """Three statements of one law, each written on its own, decide alike on every history."""
    verdict = law_of("deferred_stop", {"events": events})
    made = told(events)
    assert verdict is not None
    assert made is not None
    assert decision(events) == made == verdict.decision
    assert verdict.broken_by(made) is None
    assert verdict.broken_by({**made, "stop": [["z", 1]]}) == "DS-1"
    assert verdict.broken_by({**made, "report": ["z"]}) == "DS-2"
    assert verdict.broken_by({**made, "tasks": ["z"]}) == "DS-2"


@pytest.mark.requirement("DS-1", "DS-2", kind="boundary")
@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (Task.RUNNING, (Task.RECORDED, Later.STOP)),
        (Task.RECORDED, (Task.RECORDED, Later.NOTHING)),
        (None, (None, Later.REPORT)),
    ],
)
def test_only_the_first_failure_of_a_known_task_stops_it(
    before: Task | None, expected: tuple[Task | None, Later]
) -> None:
    """The second one finds it recorded, and that of an unknown stream finds nothing."""
    assert expected == on_failed(before)


@pytest.mark.requirement("DS-1", kind="boundary")
def test_a_stop_says_which_of_the_tasks_of_a_name_it_means() -> None:
    """Two that failed in one visit are told apart, and the later one alone is told as such."""
    both = "lock, made a, failed a, forgotten a, made a, failed a, unlock"
    later = "lock, made a, forgotten a, made a, failed a, unlock"
    for words, stop in ((both, [["a", 1], ["a", 2]]), (later, [["a", 2]])):
        made = told([event.split() for event in words.split(", ")])
        assert made is not None
        assert stop == made["stop"]


@pytest.mark.parametrize(
    "words",
    [
        "",
        "unlock",
        "failed a",
        "lock, lock",
        "lock, unlock, made a",
        "lock, made a, made a",
        "lock, forgotten a",
        "lock a",
        "lock, failed",
        "lock, lost a",
    ],
)
def test_what_cannot_be_is_no_history(words: str) -> None:
    """Neither the machine nor the law decides on it."""
    events = [event.split() for event in words.split(", ") if event]
    assert told(events) is None
    assert law_of("deferred_stop", {"events": events}) is None
