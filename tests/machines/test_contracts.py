"""The quick contracts say what icontract's own checker says, and each machine has them on."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import icontract
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof import machines
from stallproof.machines import contracts, send_deadline, stall_count
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Failure, Outcome, Send
from stallproof.machines.stall_count import Snapshot, StallCount

SMALL = st.integers(-2, 4)
MAYBE = st.one_of(st.none(), SMALL)


def outcome(step: Callable[..., Any], *args: Any, **kwargs: Any) -> object:
    """Return what `step` gives, or the words of the breach that it reports."""
    try:
        return step(*args, **kwargs)
    except icontract.ViolationError as error:
        return "breach", str(error)


def steps() -> list[Callable[..., Any]]:
    """Return every function of the machines that has contracts, as a caller gets it."""
    modules = [
        importlib.import_module(f"{machines.__name__}.{one.name}")
        for one in pkgutil.iter_modules(machines.__path__)
    ]
    return [
        value
        for module in modules
        for value in vars(module).values()
        if inspect.isfunction(value)
        and value.__module__ == module.__name__
        and hasattr(value, "__preconditions__")
    ]


STEPS = steps()


def test_each_contract_of_a_machine_is_evaluated_the_quick_way() -> None:
    """No machine takes icontract's decorators, whose checks cost many times as much."""
    assert len(STEPS) >= 20
    assert [] == [step.__qualname__ for step in STEPS if not hasattr(step, "__quick__")]


def made_by(make: Any) -> Callable[..., Any]:
    """Return one step under contracts of either make; some of its results break them."""
    require: type[icontract.require] = make.require
    ensure: type[icontract.ensure] = make.ensure

    @require(lambda a: a >= 0, "a is no debt")
    @require(lambda a, b: a != b)
    @ensure(lambda a, result: result >= a, "it never shrinks")
    @ensure(lambda c, result: result != c)
    def step(a: int, b: int = 2, *, c: int = 3) -> int:
        return a + b * c

    return step


OURS, ICONTRACTS = made_by(contracts), made_by(icontract)


@given(SMALL, SMALL, SMALL)
def test_either_make_gives_the_same_result_or_breach(a: int, b: int, c: int) -> None:
    """Positional, by name and by default: the same value, or the same words."""
    assert outcome(ICONTRACTS, a, b, c=c) == outcome(OURS, a, b, c=c)
    assert outcome(ICONTRACTS, b=b, a=a) == outcome(OURS, b=b, a=a)
    assert outcome(ICONTRACTS, a) == outcome(OURS, a)


@pytest.mark.parametrize(("args", "kwargs"), [((), {}), ((1, 2, 3), {}), ((1,), {"d": 1})])
def test_a_call_that_does_not_fit_is_a_type_error(args: Any, kwargs: Any) -> None:
    """What cannot be called is refused as Python refuses it, and is no breach."""
    with pytest.raises(TypeError):
        OURS(*args, **kwargs)


@given(SMALL, SMALL, SMALL, SMALL, SMALL, st.booleans(), SMALL)
def test_a_step_of_a_send_is_judged_as_by_icontract(
    taken: int, deadline: int, size: int, written: int, wrote: int, closing: bool, now_us: int
) -> None:
    """The checker beneath gives the same answer, whether the call is allowed or not."""
    send = Send(taken, deadline, size, written)
    checked: Any = send_deadline.on_step
    assert outcome(checked.__wrapped__, send, wrote, closing=closing, now_us=now_us) == outcome(
        checked, send, wrote, closing=closing, now_us=now_us
    )


@given(SMALL, MAYBE, MAYBE, MAYBE, MAYBE, st.booleans(), SMALL)
def test_a_check_is_judged_as_by_icontract(
    checks: int, seen: int | None, send_id: int | None, taken: int | None, received: int | None,
    closing: bool, now_us: int,
) -> None:  # fmt: skip
    """The same for the monitor's check, whose contracts are the most."""
    policy = Policy(stall_timeout_us=1, checks_max=2, close_stalled=True)
    given = (policy, StallCount(checks, seen), Snapshot(send_id, taken, received, True, closing))
    checked: Any = stall_count.on_check
    assert outcome(checked.__wrapped__, *given, now_us=now_us) == outcome(
        checked, *given, now_us=now_us
    )


def test_a_step_that_breaks_its_promise_is_found() -> None:
    """A body that is wrong gives a breach with the requirement, and no result."""

    @contracts.ensure(lambda result: result is Outcome.OK, "SD-9")
    def wrong() -> Outcome:
        return Outcome.ERROR

    with pytest.raises(icontract.ViolationError, match="SD-9"):
        wrong()


def test_a_body_is_not_reached_with_what_it_must_not_get() -> None:
    """Preconditions come first: what the body would make of it is no breach, and never shown."""

    @contracts.require(lambda b: b != 0, "nobody divides by nothing")
    def divided(a: int, b: int) -> int:
        return a // b

    assert 2 == divided(4, 2)
    with pytest.raises(icontract.ViolationError, match="nobody divides by nothing"):
        divided(4, 0)


def test_a_yes_takes_each_condition_once() -> None:
    """The checker beneath is asked about a breach alone: that is what makes it cheap."""
    asked: list[str] = []

    def noted(word: str, *, answer: bool) -> bool:
        asked.append(word)
        return answer

    @contracts.require(lambda a: noted("before", answer=a > 0))
    @contracts.ensure(lambda result: noted("after", answer=result > 1))
    def step(a: int) -> int:
        return a

    assert 2 == step(2)
    assert ["before", "after"] == asked


def test_a_condition_on_what_was_before_is_refused() -> None:
    """It is not known here, and one that is passed over would promise what nobody looks at."""

    @contracts.ensure(lambda OLD, result: result == OLD.a)
    @icontract.snapshot(lambda a: a, name="a")
    @icontract.ensure(lambda: True)
    def step(a: int) -> int:
        return a

    with pytest.raises(NameError):
        step(1)


class Sum:
    """A method with contracts."""

    def __init__(self, whole: int) -> None:
        self.whole = whole

    @contracts.require(lambda self, a: self.whole >= a, "nobody takes more than there is")
    @contracts.ensure(lambda result: result != 3, "never three")
    def without(self, a: int) -> int:
        return self.whole - a


def test_a_method_has_its_contract_too() -> None:
    """It is judged by what it is a method of, before and after."""
    assert 1 == Sum(2).without(1)
    with pytest.raises(icontract.ViolationError, match="more than there is"):
        Sum(2).without(3)
    with pytest.raises(icontract.ViolationError, match="never three"):
        Sum(4).without(1)


def above_one(a: int) -> bool:
    """Tell whether `a` is above 1."""
    return a > 1


def test_a_decorator_after_the_first_call_counts_too() -> None:
    """What was written for the first call is not kept for another stack of conditions."""

    def stricter(step: Callable[[int], int]) -> Callable[[int], int]:
        assert 1 == step(1)
        return contracts.require(above_one, error=ValueError("above 1"))(step)

    @stricter
    @contracts.require(lambda a: a > 0)
    def step(a: int) -> int:
        return a

    assert 2 == step(2)
    with pytest.raises(ValueError, match="above 1"):
        step(1)


def test_the_body_and_the_checker_are_found_beneath() -> None:
    """`inspect.unwrap` gives the bare step, and `__wrapped__` icontract's checker."""
    decorated: Any = send_deadline.on_failed
    assert "Failure" in inspect.getsource(inspect.unwrap(decorated))
    assert decorated.__wrapped__.__preconditions__ is decorated.__preconditions__
    assert 2 == len(decorated.__preconditions__[0])
    with pytest.raises(icontract.ViolationError):
        decorated(Send(0, 1, 1, 1), Failure.ERROR, closing=False, now_us=0)
