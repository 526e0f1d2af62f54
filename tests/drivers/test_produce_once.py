"""The store that produces once, with real threads whose every meeting is forced."""

import threading
from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings

from stallproof.drivers import produce_once
from stallproof.drivers.produce_once import ProduceOnce
from tests.drivers.interleaving import interleavings
from tests.drivers.peers import PATIENCE_S
from tests.machines.test_produce_once import histories
from tests.models.produce_once import decision
from tests.no_deadline import NO_DEADLINE

Store = ProduceOnce[str, str]


class Failed(Exception):
    """What a producer raises."""


class Caller(threading.Thread):
    """A look on a thread of its own; if it has to produce, it does what the test hands it."""

    def __init__(self, store: Store, item: str) -> None:
        super().__init__(daemon=True)
        self._store, self._item = store, item
        self._settled, self._handed = threading.Event(), threading.Event()
        self._value: str | None = None
        self.told: tuple[str, str | None] = ("wait", None)
        self.start()
        self._settled.wait(PATIENCE_S)

    def run(self) -> None:
        try:
            value = self._store.get(self._item, self._produce)
            self.told = ("return", value)
        except Failed:
            self.told = ("raise", None)
        self._settled.set()

    def _produce(self) -> str:
        self.told = ("produce", None)
        self._settled.set()
        self._handed.wait(PATIENCE_S)
        if self._value is None:
            raise Failed
        return self._value

    def hand(self, value: str | None) -> None:
        """Let the producing end with `value`, or raise; wait until the caller has left."""
        self._value = value
        self._handed.set()
        self.join(PATIENCE_S)
        assert not self.is_alive()


def done_by(action: Callable[[], object]) -> str:
    """Do it on a thread of its own; tell whether it came to its end."""
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    return "wait" if thread.is_alive() else "done"


def carried_out(
    store: Store, callers: dict[str, Caller], event: list[str]
) -> tuple[str, str | None]:
    """Carry out one event of a history; return the answer and the value."""
    verb, *words = event
    if verb == "look":
        callers[words[0]] = Caller(store, words[1])
    elif verb == "evict":
        return done_by(lambda: store.evict(words[0])), None
    elif verb == "clear":
        return done_by(store.clear), None
    else:
        callers[words[0]].hand(words[1] if verb == "produced" else None)
    return callers[words[0]].told


@pytest.mark.requirement("PO-1", "PO-2")
@settings(NO_DEADLINE, max_examples=60)
@given(histories())
@example([["look", "a", "x"], ["evict", "x"], ["produced", "a", "1"]])
@example([["look", "a", "x"], ["look", "b", "x"], ["produced", "b", "1"], ["produced", "a", "2"]])
def test_real_threads_are_told_what_the_law_decides(events: list[list[str]]) -> None:
    """Every caller looks and produces on a thread of its own, in the order of the history."""
    store, callers = Store(), dict[str, Caller]()
    try:
        for place, event in enumerate(events, start=1):
            answer, value = carried_out(store, callers, event)
            stored = [[*pair] for pair in sorted(store.stored().items())]
            expected = decision(events[:place])
            assert expected == {"answer": answer, "value": value, "stored": stored}
    finally:
        for caller in callers.values():
            caller.hand("left over")


def test_a_slow_item_keeps_nobody_from_another_one() -> None:
    """While one producer does not come back, another item is produced, found, and evicted."""
    store = Store()
    slow = Caller(store, "slow")
    try:
        quick = Caller(store, "quick")
        assert ("produce", None) == quick.told
        quick.hand("1")
        assert ("return", "1") == Caller(store, "quick").told
        assert "done" == done_by(lambda: store.evict("quick"))
    finally:
        slow.hand("0")
    assert {"slow": "0"} == store.stored()


class Pair(NamedTuple):
    """A store, and what two who use it at once were told."""

    store: Store
    told: list[str]


def pairs(second: str) -> list[Pair]:
    """Return what came of a look and of `second`, at each instruction of the look."""
    made: list[Pair] = []

    def make() -> tuple[Callable[[], object], Callable[[], object]]:
        made.append(Pair(Store(), []))
        store, told = made[-1]

        def look(value: str) -> Callable[[], object]:
            return lambda: told.append(store.get("x", lambda: value))

        others = {"look": look("2"), "evict": lambda: store.evict("x")}
        return look("1"), others[second]

    assert all(not one.raised for one in interleavings(make, produce_once))
    return made[:-1]


def test_two_who_produce_at_once_return_the_same_result() -> None:
    """Wherever the second one comes in, the first result stored is that of both."""
    for store, told in pairs("look"):
        assert [store.stored()["x"]] * 2 == told


def test_a_drop_beside_a_look_leaves_nothing_or_comes_before_it() -> None:
    """The caller has its result whenever the drop comes, and nothing is forgotten by halves."""
    for store, told in pairs("evict"):
        assert ["1"] == told
        assert {*store._values} == {*store._items}
        assert store.stored() in ({}, {"x": "1"})


def test_a_result_may_be_nothing() -> None:
    """That it is stored is told apart from what it is."""
    store = ProduceOnce[str, None]()
    produced: list[int] = []
    for number in range(3):
        store.get("x", lambda number=number: produced.append(number))  # type: ignore[misc]
    assert [0] == produced


def test_a_failure_leaves_nothing_behind() -> None:
    """Whoever comes next produces, and keys that never worked out are not kept."""
    store = Store()
    with pytest.raises(ZeroDivisionError):
        store.get("x", lambda: str(1 // 0))
    assert not store._items
    assert "1" == store.get("x", lambda: "1")


class Loud:
    """A value that uses the store as it goes."""

    def __init__(self, store: "ProduceOnce[str, Loud]", heard: list[int]) -> None:
        self._store, self._heard = store, heard

    def __del__(self) -> None:
        self._heard.append(len(self._store.stored()))


@pytest.mark.parametrize("drop", ["evict", "clear"])
def test_what_is_dropped_goes_without_the_lock(drop: str) -> None:
    """The end of a value may use the store."""
    store, heard = ProduceOnce[str, Loud](), list[int]()
    store.get("x", lambda: Loud(store, heard))
    assert "done" == done_by(lambda: store.evict("x") if drop == "evict" else store.clear())
    assert [0] == heard
