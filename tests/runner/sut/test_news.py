"""Waiting for what has changed: at the bounds, on several threads, and broken off at any moment."""

import random
import signal
import threading
import time

import pytest

from stallproof.runner.scenarios.record import Record
from stallproof.runner.sut.ending import Ended, end, forget, may_end
from stallproof.runner.sut.news import News
from stallproof.wire.events import PeerAccepted

BROKEN_OFF = 400
ONE_ENDS_WITHIN_S = 30


def test_what_holds_already_is_not_waited_for() -> None:
    """It is looked at before any time is, and nobody is told of it."""
    news = News()
    assert news.wait_for(lambda: True, 0)
    assert news.wait_for(lambda: True, -1)
    assert not news.wait_for(lambda: False, 0)
    assert [] == news._waiting


def test_whoever_waits_looks_again_with_each_word() -> None:
    """All of them, and each on its own."""
    news = News()
    heard: list[int] = []
    there: list[int] = []

    def waits(number: int) -> None:
        if news.wait_for(lambda: len(there) >= number, ONE_ENDS_WITHIN_S):
            heard.append(number)

    waiting = [threading.Thread(target=waits, args=(number,)) for number in (1, 2)]
    for thread in waiting:
        thread.start()
    for thread in waiting:
        there.append(0)
        news.tell()
        thread.join(ONE_ENDS_WITHIN_S)
        assert not thread.is_alive()
    assert [1, 2] == heard
    assert [] == news._waiting


def test_many_words_are_one_look() -> None:
    """What was told before a look is answered by it: a flood of words costs no flood of looks."""
    news = News()
    looks = 0

    def holds() -> bool:
        nonlocal looks
        looks += 1
        for _ in range(100 if looks == 1 else 0):
            news.tell()
        return False

    assert not news.wait_for(holds, 0.05)
    assert looks <= 3


def test_what_comes_between_a_look_and_the_wait_is_heard() -> None:
    """A word is never lost: the wait for it ends although nobody tells again."""
    news = News()
    there: list[int] = []

    def holds() -> bool:
        if there:
            return True
        there.append(0)
        news.tell()
        return False

    began = time.monotonic()
    assert news.wait_for(holds, ONE_ENDS_WITHIN_S)
    assert time.monotonic() - began < ONE_ENDS_WITHIN_S


def added(record: Record, over: threading.Event) -> None:
    """Add events one after the other until it is `over`, as who hears the peer does."""
    while not over.is_set():
        record.add(PeerAccepted(at_us=0, conn="a"))


def broken_off(record: Record, after_s: float) -> None:
    """Wait for what never comes until the end comes after `after_s`."""
    with may_end():
        signal.setitimer(signal.ITIMER_REAL, after_s)
        while True:
            record.wait_for(lambda _event: False, 0.0002)


def test_who_breaks_the_waiting_off_holds_nobody_up() -> None:
    """Whoever hears the peer goes on adding events, at whatever moment the exception came."""
    moments = random.Random(7)
    before = signal.signal(signal.SIGALRM, lambda *_: end("now"))
    try:
        for _ in range(BROKEN_OFF):
            record, over = Record(), threading.Event()
            record.begin()
            record.expect("a")
            hearing = threading.Thread(target=added, args=(record, over), daemon=True)
            hearing.start()
            with pytest.raises(Ended):
                broken_off(record, moments.uniform(2e-4, 2e-3))
            forget()
            over.set()
            hearing.join(ONE_ENDS_WITHIN_S)
            assert not hearing.is_alive(), "it waits for a lock that was left behind"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        forget()
