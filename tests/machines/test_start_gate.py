"""The start gate: every case of a few clients, its boundaries, and what ten thousand cost."""

import gc
import time
from collections.abc import Iterator
from itertools import permutations, product
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.harness.deciding import MACHINES, decided
from stallproof.judge.rules.machines import law_of
from stallproof.machines import start_gate
from stallproof.machines.start_gate import Phase, Reply
from stallproof.wire.operations import DecideRequest
from tests.models.frozen import FROZEN
from tests.models.start_gate import decision

FIELDS = ("phase", "clients", "replies", "min_sites", "required_sites", "strict")


def agree(given_: dict[str, Any]) -> str:
    """Assert that machine, law and model decide alike, and return what they do."""
    machine, verdict = FROZEN["start_gate"], law_of("start_gate", given_)
    assert verdict is not None
    replies = [(name, machine.Reply(outcome)) for name, outcome in given_["replies"]]
    phase = machine.Phase(given_["phase"])
    made = msgspec.to_builtins(machine.decide(**{**given_, "phase": phase, "replies": replies}))
    made = msgspec.json.decode(msgspec.json.encode(made))
    assert decision(**given_) == made == verdict.decision
    assert verdict.broken_by(made) is None
    assert verdict.broken_by({**made, "action": "wait"}) in ("SG-1", "SG-2", "SG-3")
    return str(made["action"])


def small_cases() -> Iterator[dict[str, Any]]:
    """Yield every case of up to three clients: phases, outcomes, orders, limits, required ones."""
    for size in range(4):
        names = list("abc"[:size])
        limits = product(range(size + 2), product((False, True), repeat=size))
        modes = (("deploy", False), ("start", False), ("start", True))
        for (least, marked), (phase, strict) in product(list(limits), modes):
            required = [name for name, is_one in zip(names, marked, strict=True) if is_one]
            for outcomes in product(("ok", "error", None), repeat=size):
                said = [[n, o] for n, o in zip(names, outcomes, strict=True) if o is not None]
                for replies in permutations(said) if least == 2 and not any(marked) else (said,):
                    values = (phase, names, list(replies), least, required, strict)
                    yield dict(zip(FIELDS, values, strict=True))


@pytest.mark.requirement("SG-1", "SG-2", "SG-3", kind="boundary")
def test_every_case_of_three_clients_is_decided_alike_by_three_statements() -> None:
    """Nobody, one, two and three clients, with each outcome, each limit and each required set."""
    assert {"go_on", "abort"} == {agree(one) for one in small_cases()}


NAMES = st.sampled_from(["a", "b", "c", "x", "site.1", "ä b"])


@pytest.mark.requirement("SG-1", "SG-2", "SG-3")
@given(
    phase=st.sampled_from(["deploy", "start"]),
    clients=st.lists(NAMES, unique=True),
    replies=st.lists(st.tuples(NAMES, st.sampled_from(["ok", "error"])).map(list), max_size=8),
    least=st.integers(0, 7),
    strict=st.booleans(),
    required=st.lists(NAMES),
)
def test_generated_replies_are_decided_alike(
    phase: str,
    clients: list[str],
    replies: list[Any],
    least: int,
    strict: bool,
    required: list[str],
) -> None:
    """With strangers, second replies, odd names, and required ones that are named twice."""
    among = [name for name in required if name in clients]
    agree(dict(zip(FIELDS, (phase, clients, replies, least, among, strict), strict=True)))


@pytest.mark.requirement("SG-1", "SG-2", kind="boundary")
@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize(("least", "aborts"), [(2, False), (3, False), (4, True)])
def test_as_many_as_needed_are_enough(phase: Phase, least: int, aborts: bool) -> None:
    """Three of four are active: before, at and after the minimum."""
    replies = [(name, Reply.OK) for name in "abc"]
    made = start_gate.decide(phase, "abcd", replies, least, (), True)
    assert aborts is (made.action is start_gate.Action.ABORT)
    assert ("d",) == made.missing
    begins = "aborted" if aborts else "going on"
    assert f"{begins}: 3 of 4 active, {least} needed; timed out: d" == made.reason


@pytest.mark.parametrize(
    ("phase", "required", "reason", "is_enough"),
    [
        ("deploy", [], "2 < required_min_sites 3; c: no reply; d: no reply", True),
        ("deploy", [], "2 < required_min_sites 3; c: no reply", False),
        ("deploy", [], "not enough sites: 2; c, d are missing", False),
        ("deploy", ["d"], "failed to deploy to required client d", True),
        ("deploy", ["d"], "failed to deploy to required client c", False),
        ("start", [], "2 client(s) timed out, 2 remaining < min_sites 3: ['c', 'd']", True),
        ("start", ["c"], "required client c timed out", True),
        ("start", ["c"], "aborted", False),
    ],
)
def test_an_abort_has_to_name_all_of_one_ground(
    phase: str, required: list[str], reason: str, is_enough: bool
) -> None:
    """In whatever words: the counts and everybody who is missing, or one required site."""
    replies = [["a", "ok"], ["b", "ok"]]
    values = (phase, ["a", "b", "c", "d"], replies, 3, required, True)
    verdict = law_of("start_gate", dict(zip(FIELDS, values, strict=True)))
    assert verdict is not None
    wrong = verdict.broken_by({**verdict.decision, "reason": reason})
    own = "SG-1" if phase == "deploy" else "SG-2"
    assert (None if is_enough else own) == wrong


@pytest.mark.parametrize(
    "wrong",
    [{"clients": ["a", "a"]}, {"clients": ["a", ""]}, {"required_sites": ["b"]}, {"min_sites": -1}],
)
def test_an_input_that_cannot_be_is_none(wrong: dict[str, Any]) -> None:
    """For the harness and for the law."""
    values: tuple[Any, ...] = ("deploy", ["a"], [["a", "ok"]], 1, [], True)
    asked = {**dict(zip(FIELDS, values, strict=True)), **wrong}
    assert law_of("start_gate", asked) is None
    request = DecideRequest(id=1, machine="start_gate", input=asked)
    with pytest.raises(ValueError, match=r"asked once|negative"):
        decided(MACHINES, request, at_us=0)


def took(size: int) -> int:
    """Return how many processor nanoseconds the quickest of three decisions on so many takes."""
    names = [f"site-{number}" for number in range(size)]
    replies = [(name, Reply.OK) for name in reversed(names[size // 50 :])]
    best = []
    for _ in range(3):
        began = time.thread_time_ns()
        made = start_gate.decide(Phase.START, names, replies, size // 2, names[-9:], True)
        best.append(time.thread_time_ns() - began)
        assert size // 50 == len(made.missing)
    return min(best)


def test_ten_thousand_clients_cost_about_ten_times_as_much_as_a_thousand() -> None:
    """A decision that compared each with each would cost a hundred times as much."""
    gc.collect()
    assert took(10_000) < 40 * took(1_000)
