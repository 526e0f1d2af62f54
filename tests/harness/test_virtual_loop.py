"""The event loop whose time is the oracle's: timers, waits, and who never waits."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

import pytest

from stallproof.harness.simulated import loop as module
from stallproof.harness.simulated.hub import Hub
from stallproof.harness.simulated.io import SimulatedIo
from stallproof.harness.simulated.loop import VirtualLoop
from stallproof.harness.tasks import Tasks

Begin = Callable[..., tuple[Hub, list[int]]]
"""Begins works on one loop at 7 us; returns the hub, and when each of them has ended."""


@pytest.fixture
def begun() -> Iterator[Begin]:
    """Return what begins works, and end them all."""
    hubs: list[Hub] = []

    def begin(*works: Callable[[], Awaitable[object]]) -> tuple[Hub, list[int]]:
        io = SimulatedIo(lambda event: None, [])
        io.hub.advance(7)
        hubs.append(io.hub)
        ended: list[int] = []
        tasks = Tasks(io, VirtualLoop)

        async def timed(work: Callable[[], Awaitable[object]]) -> None:
            await work()
            ended.append(io.now_us())

        for work in works:
            io.hub.start(partial(lambda work: tasks.run(timed(work)), work))
        io.hub.settle()
        return io.hub, ended

    yield begin
    for hub in hubs:
        hub.end()


@pytest.mark.parametrize("wait_us", [1, 2, 3, 499_999, 30_000_001, 999_999_999_993])
def test_a_sleep_ends_when_it_is_due_and_not_before(begun: Begin, wait_us: int) -> None:
    """A microsecond too early nothing has ended; at its time it has."""
    hub, ended = begun(lambda: asyncio.sleep(wait_us / 1_000_000))
    hub.advance(7 + wait_us - 1)
    assert [] == ended
    hub.advance(7 + wait_us)
    assert [7 + wait_us] == ended


def test_a_time_out_is_due_to_the_microsecond(begun: Begin) -> None:
    """`asyncio.timeout` ends what waits for ever at its own time."""

    async def waits() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await asyncio.Event().wait()

    hub, ended = begun(waits)
    hub.advance(500_006)
    assert [] == ended
    hub.advance(500_007)
    assert [500_007] == ended


def test_tasks_wait_side_by_side(begun: Begin) -> None:
    """One sleep does not hold up another, and the clock stops at each."""
    hub, ended = begun(lambda: asyncio.sleep(0.000_005), lambda: asyncio.sleep(0.000_003))
    assert 10 == hub.next_due_us
    hub.advance(100)
    assert [10, 12] == ended


def test_loops_live_side_by_side(begun: Begin) -> None:
    """While one waits, another one runs on the same thread."""
    one, first = begun(lambda: asyncio.sleep(0.000_001))
    two, second = begun(lambda: asyncio.sleep(0.000_002))
    for hub in (two, one):
        hub.advance(100)
    assert ([8], [9]) == (first, second)


def test_who_only_yields_is_late_and_not_hung(
    begun: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After very many turns without a wait a microsecond passes, so that time goes on."""
    monkeypatch.setattr(module, "TURNS_MAX", 100)

    async def spins() -> None:
        end = asyncio.get_running_loop().time() + 0.000_002
        while asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0)

    hub, ended = begun(spins)
    hub.advance(1000)
    assert [9] == ended


def test_a_thread_of_the_system_has_no_place_there(begun: Begin) -> None:
    """What would wait for a real thread is refused at once."""

    async def works() -> None:
        with pytest.raises(NotImplementedError, match="no thread"):
            await asyncio.to_thread(int)

    _, ended = begun(works)
    assert [7] == ended


def test_a_case_that_ends_leaves_nothing_to_say(
    begun: Begin, capfd: pytest.CaptureFixture[str]
) -> None:
    """Tasks that wait then end without a word, and what they do on their way out is not heard."""

    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(1)

    hub, ended = begun(waits)
    hub.end()
    assert ([], ("", "")) == (ended, tuple(capfd.readouterr()))
