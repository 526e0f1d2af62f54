"""Callbacks on real threads, under schedules that events force: nobody sleeps, nobody hopes."""

import socket
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.drivers.callback_pool import Callback, CallbackPool
from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.stream_receiver import Reception, StreamReceiver
from stallproof.drivers.stream_sender import StreamSender
from stallproof.machines.stream import StreamOutcome
from tests.drivers.peers import PATIENCE_S, eventually
from tests.drivers.streams import PATIENT, Running, bytes_of, cut
from tests.models.callback_isolation import decision


class Heard:
    """Keeps what a pool tells, and stops streams by `stop`."""

    def __init__(self, stop: Callable[[int, str], object] = lambda stream, why: None) -> None:
        self.failures: list[tuple[int, str]] = []
        self.stops: list[int] = []
        self.back: list[Callback] = []
        self._stop = stop

    def logged(self, stream: int, error: BaseException) -> None:
        self.failures.append((stream, str(error)))

    def stopped(self, stream: int, error: BaseException) -> None:
        self.stops.append(stream)
        self._stop(stream, str(error))

    def refused(self, stream: int, callback: Callback) -> None:
        self.back.append(callback)


class Held:
    """A callback that begins, waits until it is let go, and returns or raises."""

    def __init__(self, *, is_good: bool = True) -> None:
        self.began, self.let_go = threading.Event(), threading.Event()
        self.is_good = is_good

    def __call__(self) -> None:
        self.began.set()
        assert self.let_go.wait(PATIENCE_S)
        if not self.is_good:
            raise ValueError("no good")

    def has_begun(self) -> bool:
        """Wait until it begins; tell whether it does."""
        return self.began.wait(PATIENCE_S)


def keep_busy(pool: CallbackPool, workers: int, stream: int = 9) -> list[Held]:
    """Have each worker run a callback that does not return, and return them."""
    busy = [Held() for _ in range(workers)]
    for one in busy:
        assert pool.submit(stream, one)
    assert all(one.has_begun() for one in busy)
    return busy


def end(pool: CallbackPool, *held: Held) -> None:
    """Let everybody go, and see every worker end."""
    for one in held:
        one.let_go.set()
    pool.shut_down()
    assert pool.join(PATIENCE_S)


@pytest.mark.requirement("CB-1", "CB-2", kind="socket")
def test_streams_move_over_a_socket_with_every_callback_worker_busy_for_ever() -> None:
    """Two streams whose chunks submit callbacks arrive whole; an exception stops the third."""
    ours, theirs = (GuardedConnection(one, PATIENT, "c") for one in socket.socketpair())
    receivers = {number: StreamReceiver(theirs, number) for number in (1, 2, 3)}
    heard = Heard(lambda stream, why: receivers[stream].refuse(why))
    pool = CallbackPool(2, heard)
    bad = Held(is_good=False)
    assert pool.submit(3, bad)
    (busy,) = keep_busy(pool, 1)
    assert bad.has_begun()
    ends: dict[int, Reception] = {}
    stuck: list[Held] = []
    came: dict[int, bytes] = {1: b"", 2: b"", 3: b""}

    def consume(number: int) -> None:
        def take(piece: bytes) -> None:
            came[number] += piece
            stuck.append(Held())
            assert pool.submit(number, stuck[-1])

        ends[number] = receivers[number].run(take)

    consumers = [threading.Thread(target=consume, args=(n,), daemon=True) for n in came]
    for one in consumers:
        one.start()
    sent = {n: bytes_of(n, 640) for n in (1, 2)}
    running = [Running(StreamSender(ours, n, 640), cut(sent[n])) for n in (1, 2)]
    assert [StreamOutcome.DONE] * 2 == [one.result() for one in running]
    for one in consumers[:2]:
        one.join(PATIENCE_S)
    assert (sent, {1: Reception.WHOLE, 2: Reception.WHOLE}) == ({n: came[n] for n in sent}, ends)
    assert 20 == len(pool.state.waiting)
    bad.let_go.set()
    consumers[2].join(PATIENCE_S)
    assert (Reception.REFUSED, "no good") == (ends[3], receivers[3].why)
    end(pool, busy, *stuck)
    ours.close()
    theirs.close()


@pytest.mark.requirement("CB-2", kind="socket")
def test_an_exception_stops_its_own_stream_and_frees_its_worker() -> None:
    """The one worker runs on; the stream of the other callback is as it was."""
    heard = Heard()
    pool = CallbackPool(1, heard)
    bad, vain, other = Held(is_good=False), Held(), Held()
    assert pool.submit(1, bad)
    assert bad.has_begun()
    assert pool.submit(1, vain)
    assert pool.submit(2, other)
    bad.let_go.set()
    assert other.has_begun()
    assert eventually(lambda: heard.back)
    assert ([(1, "no good")], [vain]) == (heard.failures, heard.back)
    assert (False, True) == (pool.moves(1), pool.moves(2))
    assert not pool.submit(1, vain)
    end(pool, other)
    assert not vain.began.is_set()


@pytest.mark.requirement("CB-2", kind="socket")
@pytest.mark.parametrize("error", [SystemExit, RuntimeError])
def test_whoever_is_told_may_fail_as_well(error: type[BaseException]) -> None:
    """Neither what a callback raises nor what its hearer raises costs a worker."""

    class Deaf(Heard):
        def logged(self, stream: int, error: BaseException) -> None:
            super().logged(stream, error)
            raise OSError("nobody reads the log")

        def stopped(self, stream: int, error: BaseException) -> None:
            super().stopped(stream, error)
            raise OSError("the stream is gone")

        def refused(self, stream: int, callback: Callback) -> None:
            super().refused(stream, callback)
            raise OSError("nobody reads the log")

    def fail() -> None:
        raise error

    heard = Deaf()
    pool = CallbackPool(1, heard)
    after = Held()
    assert pool.submit(1, fail)
    assert pool.submit(2, after)
    assert after.has_begun()
    assert ([1], [1]) == ([stream for stream, _ in heard.failures], heard.stops)
    waiting = Held()
    assert pool.submit(2, waiting)
    pool.shut_down()
    assert [waiting] == heard.back
    end(pool, after)


@pytest.mark.requirement("CB-3", kind="socket")
def test_a_shutdown_hands_back_what_waits_and_lets_go_on_what_runs() -> None:
    """What comes after it is refused at once; what runs is heard to its exception."""
    heard = Heard()
    pool = CallbackPool(2, heard)
    bad = Held(is_good=False)
    assert pool.submit(1, bad)
    assert bad.has_begun()
    (busy,) = keep_busy(pool, 1)
    waits = [Held(), Held()]
    assert [True, True] == [pool.submit(2, one) for one in waits]
    pool.shut_down()
    pool.shut_down()
    assert waits == heard.back
    assert not pool.submit(3, Held())
    end(pool, bad, busy)
    assert [(1, "no good")] == heard.failures
    assert not any(one.began.is_set() for one in waits)


def race(pool: CallbackPool, ran: list[int]) -> list[int]:
    """Have four threads submit, released with a shutdown; return which callbacks were taken."""
    barrier = threading.Barrier(5)
    taken: list[int] = []

    def submit(first: int) -> None:
        barrier.wait(PATIENCE_S)
        for number in range(first, first + 5):
            if pool.submit(first, partial(ran.append, number)):
                taken.append(number)

    threads = [threading.Thread(target=submit, args=(n,)) for n in (0, 10, 20, 30)]
    for one in threads:
        one.start()
    barrier.wait(PATIENCE_S)
    pool.shut_down()
    for one in threads:
        one.join(PATIENCE_S)
    return taken


@pytest.mark.requirement("CB-3", kind="socket")
def test_callbacks_that_race_with_a_shutdown_are_run_or_refused() -> None:
    """Each that was taken has one fate, in every race."""
    for _ in range(20):
        heard = Heard()
        pool = CallbackPool(2, heard)
        ran: list[int] = []
        taken = race(pool, ran)
        assert pool.join(PATIENCE_S)
        assert len(taken) == len(ran) + len(heard.back)
        assert {*ran} <= {*taken}


def test_a_pool_without_workers_is_refused() -> None:
    """What is submitted to it would never run, and never be refused."""
    with pytest.raises(ValueError, match="0 workers"):
        CallbackPool(0, Heard())


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["submit", "submit", "return", "raise", "data", "down"]), st.integers(1, 3)
    ),
    max_size=14,
)


class Forced:
    """A pool of real threads on which one thing happens after the other, and its history."""

    def __init__(self, workers: int) -> None:
        self.workers, self.heard = workers, Heard()
        self.pool = CallbackPool(workers, self.heard)
        self.held: list[Held] = []
        self.past: list[dict[str, object]] = []
        self.running: list[int] = []

    def wanted(self) -> dict[str, Any]:
        """Return what the naive pool says of the history."""
        return decision(self.workers, self.past)

    def act(self, what: str, stream: int) -> None:
        """Have something happen, and see everything that follows from it."""
        if what == "submit":
            self.held.append(Held())
            number = len(self.held)
            self.past.append({"event": "submitted", "callback": number, "stream": stream})
            is_taken = number in self.wanted()["waiting"]
            assert is_taken is self.pool.submit(stream, self.held[-1])
        elif what in ("return", "raise") and self.running:
            number = self.running.pop(0)
            self.past.append(
                {"event": "ended" if what == "return" else "raised", "callback": number}
            )
            self.held[number - 1].is_good = what == "return"
            self.held[number - 1].let_go.set()
            assert eventually(lambda: len(self.heard.failures) == len(self.wanted()["logged"]))
        elif what == "data":
            before = self.wanted()["moved"]
            self.past.append({"event": "data", "stream": stream})
            assert self.pool.moves(stream) is (self.wanted()["moved"] > before)
        elif what == "down" and {"event": "shutdown"} not in self.past:
            self.past.append({"event": "shutdown"})
            self.pool.shut_down()
        self.settle()

    def settle(self) -> None:
        """See everybody begin whose turn it is."""
        for number in self.wanted()["waiting"][: self.workers - len(self.running)]:
            assert self.held[number - 1].has_begun()
            self.past.append({"event": "began", "callback": number})
            self.running.append(number)


@pytest.mark.requirement("CB-1", "CB-2", "CB-3")
@given(st.integers(1, 3), ACTS)
def test_a_pool_of_real_threads_keeps_the_naive_history(
    workers: int, acts: Sequence[tuple[str, int]]
) -> None:
    """Whatever is submitted, returns or raises, in every order that events can force."""
    forced = Forced(workers)
    for what, stream in acts:
        forced.act(what, stream)
    end(forced.pool, *forced.held)
    wanted = forced.wanted()
    assert [*forced.pool.state.stopped] == forced.heard.stops == wanted["stopped"]
    begun = {number for number, one in enumerate(forced.held, 1) if one.began.is_set()}
    assert begun.isdisjoint(wanted["refused"])
    assert begun | {*wanted["refused"]} <= {*range(1, len(forced.held) + 1)}
