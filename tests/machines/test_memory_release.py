"""The release of memory at its boundaries and against one that counts down."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icontract import ViolationError

from stallproof.judge.rules.machines import law_of
from stallproof.machines import memory_release
from stallproof.machines.memory_release import Allocator, Step
from tests.models.frozen import FROZEN
from tests.models.memory_release import decision


def steps(every: int, sends: int, allocator: Allocator = Allocator.GLIBC) -> tuple[Step, ...]:
    """Return the steps where no accelerator is."""
    return memory_release.decide(every, sends, allocator, False, False).steps


@pytest.mark.requirement("MM-1", kind="boundary")
@pytest.mark.parametrize(
    ("sends", "due"), [(0, False), (2, False), (3, True), (4, False), (5, False), (6, True)]
)
def test_a_release_follows_the_third_and_the_sixth_send(sends: int, due: bool) -> None:
    """Before, at and after each third send, and none before the first."""
    assert due is bool(steps(3, sends))


@pytest.mark.requirement("MM-1", kind="boundary")
def test_zero_is_never_and_one_is_always() -> None:
    """0 divides nothing, and is no 1."""
    assert [()] * 3 == [steps(0, sends) for sends in (0, 1, 2)]
    assert [True] * 3 == [bool(steps(1, sends)) for sends in (1, 2, 3)]


@pytest.mark.parametrize(("every", "sends"), [(-1, 1), (1, -1)])
def test_a_count_that_cannot_be_is_refused(every: int, sends: int) -> None:
    """The machine and the law know no counts below none."""
    with pytest.raises(ViolationError):
        steps(every, sends)
    asked = {"allocator": "glibc", "has_accelerator": False, "asks_accelerator": False}
    assert law_of("memory_release", {"every": every, "sends": sends, **asked}) is None


@pytest.mark.requirement("MM-1")
@given(
    st.integers(0, 6),
    st.integers(0, 30),
    st.sampled_from([one.value for one in Allocator]),
    st.booleans(),
    st.booleans(),
)
def test_machine_law_and_naive_release_agree(
    every: int, sends: int, allocator: str, has: bool, asks: bool
) -> None:
    """Three statements of one law, each written on its own, decide alike on every input."""
    asked = {
        "every": every,
        "sends": sends,
        "allocator": allocator,
        "has_accelerator": has,
        "asks_accelerator": asks,
    }
    verdict = law_of("memory_release", asked)
    machine = FROZEN["memory_release"]
    fields = {**asked, "allocator": machine.Allocator(allocator)}
    made = msgspec.to_builtins(machine.decide(**fields))
    made = {"steps": list(made["steps"])}
    assert verdict is not None
    assert decision(every, sends, allocator, has, asks) == made == verdict.decision
    assert verdict.broken_by(made) is None
    assert verdict.broken_by({"steps": [*made["steps"], "trim"]}) == "MM-1"
