"""Isolated callbacks at their boundaries, and against a pool that looks back over its history."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.judge.rules.machines import law_of
from stallproof.machines import callback_isolation
from stallproof.runner.scenarios.asked.callback_isolation import asked
from tests.models.callback_isolation import decision
from tests.models.frozen import FROZEN


def decided(asked_for: dict[str, Any]) -> dict[str, Any]:
    """Return what the machine decides, which is what law and model say too."""
    machine: Any = FROZEN["callback_isolation"]
    past = [msgspec.convert(one, machine.Event) for one in asked_for["events"]]
    made = machine.decide(asked_for["workers"], past)
    said: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(made))
    verdict = law_of("callback_isolation", asked_for)
    assert verdict is not None
    assert verdict.decision == decision(**asked_for) == said
    assert verdict.broken_by(said) is None
    return said


@pytest.mark.requirement("CB-1", kind="boundary")
@pytest.mark.parametrize(("history", "free"), [("", 2), ("s11 b1", 1), ("s11 b1 s22 b2 s31", 0)])
def test_data_moves_with_all_two_one_and_no_callback_worker_free(history: str, free: int) -> None:
    """And with one that waits for a worker which nobody will ever give back."""
    made = decided(asked(2, history + " d1"))
    assert (1, free) == (made["moved"], made["free"])
    assert made["waiting"] == ([3] if "s31" in history else [])


@pytest.mark.requirement("CB-2", kind="boundary")
def test_an_exception_stops_its_stream_once_and_frees_its_worker() -> None:
    """The data of the other stream moves on; a second exception of the first is logged too."""
    made = decided(asked(2, "s11 b1 s21 b2 r1 d1 d2 r2 d2"))
    assert ([1, 2], [1]) == (made["logged"], made["stopped"])
    assert (2, 2) == (made["moved"], made["free"])


@pytest.mark.requirement("CB-3", kind="boundary")
@pytest.mark.parametrize(
    ("history", "refused"),
    [("s11 b1 s21 x", [2]), ("s11 b1 x s21", [2]), ("s11 s21 x", [1, 2]), ("s11 b1 x", [])],
)
def test_what_has_not_begun_by_the_shutdown_is_refused(history: str, refused: list[int]) -> None:
    """Before, at and after it; what has begun goes on."""
    assert refused == decided(asked(1, history))["refused"]


@pytest.mark.parametrize(
    ("workers", "history"),
    [
        (1, "b1"), (1, "s11 s21 b2"), (1, "s11 b1 s21 b2"), (1, "s11 e1"), (1, "s11 r1"),
        (1, "s11 s11"), (1, "s11 b1 e1 s11"), (1, "s11 b1 b1"), (1, "x x"), (1, "s11 x b1"),
        (0, ""), (1, "x s11 s11"),
    ],
)  # fmt: skip
def test_what_cannot_have_happened_is_no_history(workers: int, history: str) -> None:
    """Out of turn, twice, without a worker: the machine refuses it, the law is silent."""
    given_ = asked(workers, history)
    past = [msgspec.convert(one, callback_isolation.Event) for one in given_["events"]]
    with pytest.raises(ValueError, match=r"before|now|free|once|1 or more"):
        callback_isolation.decide(workers, past)
    assert law_of("callback_isolation", given_) is None


@pytest.mark.parametrize(
    "event",
    [{"event": "data"}, {"event": "data", "stream": 1, "callback": 1}, {"event": "submitted"}],
)
def test_an_event_says_what_it_is_about_and_no_more(event: dict[str, Any]) -> None:
    """A stream, a callback, both or neither."""
    with pytest.raises(ValueError, match="missing"):
        callback_isolation.decide(1, [msgspec.convert(event, callback_isolation.Event)])
    assert law_of("callback_isolation", {"workers": 1, "events": [event]}) is None


@st.composite
def histories(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a history that can be: at each moment one of the events that may come."""
    workers = draw(st.integers(1, 3))
    words: list[str] = []
    waiting: list[int] = []
    running: list[int] = []
    stream_of: dict[int, int] = {}
    for _ in range(draw(st.integers(0, 16))):
        made = decision(**asked(workers, " ".join(words)))
        waiting = [one for one in waiting if one not in made["refused"]]
        may = ["d", *("s" if len(stream_of) < 9 else ""), *("er" if running else "")]
        may += ["b", "b"] if waiting and len(running) < workers else []
        may += ["x"] if "x" not in words and len(words) > 4 else []
        what = draw(st.sampled_from(may))
        stream = draw(st.integers(1, 3))
        if what == "s":
            callback = len(stream_of) + 1
            stream_of[callback] = stream
            waiting.append(callback)
            words.append(f"s{callback}{stream}")
        elif what == "b":
            running.append(waiting.pop(0))
            words.append(f"b{running[-1]}")
        elif what in "er":
            words.append(f"{what}{running.pop(draw(st.integers(0, len(running) - 1)))}")
        else:
            words.append(f"d{stream}" if what == "d" else "x")
    return asked(workers, " ".join(words))


@pytest.mark.requirement("CB-1", "CB-2", "CB-3")
@given(histories())
def test_machine_law_and_naive_pool_agree(given_: dict[str, Any]) -> None:
    """Three statements of one law decide alike; nothing that was submitted is ever lost."""
    made = decided(given_)
    kinds = [one["event"] for one in given_["events"]]
    waiting = kinds.count("submitted") - kinds.count("began") - len(made["refused"])
    assert waiting == len(made["waiting"])
    assert waiting == 0 or "shutdown" not in kinds
    verdict = law_of("callback_isolation", given_)
    assert verdict is not None
    assert verdict.broken_by({**made, "refused": [*made["refused"], 99]}) == "CB-3"
    assert verdict.broken_by({**made, "free": made["free"] - 1}) == "CB-2"
    assert verdict.broken_by({**made, "moved": made["moved"] + 1}) in ("CB-1", "CB-2")
