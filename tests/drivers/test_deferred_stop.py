"""The map that stops its failing tasks later, with real threads whose every meeting is forced."""

import threading
from collections.abc import Callable

import pytest
from hypothesis import given, settings

from stallproof.drivers import deferred_stop
from stallproof.drivers.deferred_stop import DeferredStop, Visit
from tests.drivers.interleaving import interleavings
from tests.drivers.peers import PATIENCE_S
from tests.machines.test_deferred_stop import histories
from tests.models.deferred_stop import decision
from tests.no_deadline import NO_DEADLINE

Change = Callable[[Visit[str, int]], object]


class Map:
    """A map whose stops and reports look at it again, from this thread and from another one."""

    def __init__(self, *names: str) -> None:
        self.stopped: list[list[object]] = []
        self.made: list[str] = []
        self.reported: list[str] = []
        self.blocked: list[str] = []
        self.tasks = DeferredStop[str, int](self._stop, self._report)
        self.change(*(("made", name) for name in names))

    def _stop(self, name: str, task: int) -> None:
        self._look(f"stopping {name}")
        self.stopped.append([name, task])

    def _report(self, text: str) -> None:
        self._look(text)
        self.reported.append(text.split("'")[1])

    def _look(self, what: str) -> None:
        with self.tasks.visit() as visit:
            visit.names()
        other = threading.Thread(target=self.names, daemon=True)
        other.start()
        other.join(PATIENCE_S)
        if other.is_alive():
            self.blocked.append(what)

    def names(self) -> list[str]:
        """Return what is in the map."""
        with self.tasks.visit() as visit:
            return visit.names()

    def change(self, *events: tuple[str, str]) -> None:
        """Carry out `events` in one visit."""
        with self.tasks.visit() as visit:
            for verb, name in events:
                if verb == "made":
                    self.made.append(name)
                    visit.make(name, self.made.count(name))
                elif verb == "forgotten":
                    visit.forget(name)
                else:
                    visit.failed(name)


def visits_of(events: list[list[str]]) -> list[list[list[str]]]:
    """Return the events of each visit that came to its end."""
    holds: list[list[list[str]]] = []
    for event in events:
        if event == ["lock"]:
            holds.append([])
        holds[-1].append(event)
    return [visit for visit in holds if visit[-1] == ["unlock"]]


@pytest.mark.requirement("DS-1", "DS-2")
@settings(NO_DEADLINE, max_examples=50)
@given(histories())
def test_each_hold_does_afterwards_what_the_law_decides(events: list[list[str]]) -> None:
    """Each visit is a thread's of its own; its stops and reports use the map, and nobody waits."""
    one, past = Map(), list[list[str]]()
    for visit in visits_of(events):
        past += visit
        one.stopped.clear()
        one.reported.clear()
        changes = [(verb, *rest) for verb, *rest in visit[1:-1]]
        thread = threading.Thread(target=one.change, args=changes, daemon=True)
        thread.start()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
        made = {"stop": one.stopped, "report": one.reported, "tasks": one.names()}
        assert decision(past) == made
        assert not one.blocked


def test_two_who_find_a_task_failing_at_once_stop_it_once() -> None:
    """Wherever the second one comes in, there is one stop, and never under the lock."""
    made: list[Map] = []

    def make() -> tuple[Callable[[], object], Callable[[], object]]:
        made.append(one := Map("a"))
        return (lambda: one.change(("failed", "a")),) * 2

    for interrupted in interleavings(make, deferred_stop):
        assert not interrupted.raised
        assert [["a", 1]] == made[-1].stopped
        assert not made[-1].blocked


def test_a_stop_that_takes_long_keeps_nobody_from_the_map() -> None:
    """While it lasts, others make and find tasks, and a second error of its task stops nothing."""
    begun, ended = threading.Event(), threading.Event()
    stopped: list[str] = []

    def stop(name: str, _task: int) -> None:
        stopped.append(name)
        begun.set()
        ended.wait(PATIENCE_S)

    tasks = DeferredStop[str, int](stop, stopped.append)

    def fails() -> None:
        with tasks.visit() as visit:
            visit.failed("slow")

    with tasks.visit() as visit:
        visit.make("slow", 0)
    slow = threading.Thread(target=fails, daemon=True)
    slow.start()
    try:
        assert begun.wait(PATIENCE_S)
        other = threading.Thread(target=fails, daemon=True)
        other.start()
        other.join(PATIENCE_S)
        assert not other.is_alive()
    finally:
        ended.set()
        slow.join(PATIENCE_S)
    assert ["slow"] == stopped


def test_a_stop_that_raises_is_reported_and_the_others_follow() -> None:
    """It is not repeated either."""
    stopped: list[str] = []
    words: list[str] = []

    def stop(name: str, _task: int) -> None:
        stopped.append(name)
        if name == "a":
            raise OSError("gone")

    tasks = DeferredStop[str, int](stop, words.append)
    for _ in range(2):
        with tasks.visit() as visit:
            for name in "ab":
                if visit.find(name) is None:
                    visit.make(name, 0)
                visit.failed(name)
    assert (["a", "b"], ["stopping 'a' failed: OSError: gone"]) == (stopped, words)


def test_what_was_recorded_is_stopped_though_the_body_raises() -> None:
    """The lock is free again, and the exception comes through."""
    one = Map("a")

    def breaks() -> None:
        with one.tasks.visit() as visit:
            visit.failed("a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        breaks()
    assert ([["a", 1]], ["a"]) == (one.stopped, one.names())


def test_who_holds_the_lock_is_told_before_he_waits_for_himself() -> None:
    """A second visit of the same thread is an error, and the first one goes on."""
    one = Map("a")
    with one.tasks.visit() as visit:
        with pytest.raises(RuntimeError, match="already"), one.tasks.visit():
            pass
        with pytest.raises(ValueError, match="already"):
            visit.make("a", 1)
        with pytest.raises(KeyError):
            visit.forget("b")
    assert ["a"] == one.names()
