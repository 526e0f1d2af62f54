"""What is done on a thread of its own: its result, its error, its limit, and acts side by side."""

import threading

import pytest

from stallproof.runner.scenarios.stream_flow import side_by_side
from stallproof.runner.sut.aside import aside
from stallproof.runner.sut.ending import Ended, end, forget, may_end, sheltered

ONE_ENDS_WITHIN_S = 30


def test_what_is_returned_aside_is_returned_here() -> None:
    """From another thread than this one."""
    assert threading.get_ident() != aside(threading.get_ident)


def test_what_is_raised_aside_is_raised_here() -> None:
    """Whatever it is."""
    with pytest.raises(ZeroDivisionError):
        aside(lambda: 1 // 0)


def test_what_takes_too_long_is_told() -> None:
    """Whatever it does goes on."""
    gate = threading.Event()
    with pytest.raises(TimeoutError, match=r"within 0\.01 s"):
        aside(gate.wait, 0.01)
    gate.set()


def test_acts_play_side_by_side_and_are_all_over() -> None:
    """The first one's error comes when the second one, which it waits for, has ended too."""
    gate, over = threading.Event(), threading.Event()

    def first() -> None:
        assert gate.wait(ONE_ENDS_WITHIN_S)
        raise KeyError("first")

    def second() -> None:
        gate.set()
        over.wait(0.05)
        over.set()

    with pytest.raises(KeyError, match="first"):
        side_by_side(first, second)
    assert over.is_set()


def test_a_shelter_on_another_thread_is_none_for_the_main_one() -> None:
    """The main thread is broken off although another one is sheltered."""
    inside, over = threading.Event(), threading.Event()

    def shelters() -> None:
        with sheltered():
            inside.set()
            over.wait(ONE_ENDS_WITHIN_S)

    def ends() -> None:
        with may_end():
            other.start()
            assert inside.wait(ONE_ENDS_WITHIN_S)
            end("now")

    other = threading.Thread(target=shelters, daemon=True)
    try:
        with pytest.raises(Ended):
            ends()
    finally:
        over.set()
        other.join(ONE_ENDS_WITHIN_S)
        forget()
