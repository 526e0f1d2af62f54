"""A download over a real socket, from peers that stall, recover, answer late, refuse or vanish.

The clock is moved by hand where real threads run, so that no test waits for time or depends on
who is faster. The whole schedule is judged in virtual time, against the naive download.
"""

import socket
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.drivers.download import Download
from stallproof.drivers.io import REAL, SocketTransport
from stallproof.drivers.recorder import ignore
from stallproof.harness.simulated.io import SimulatedIo
from stallproof.machines.download_session import Action, Limits, Report, longest_us
from tests.drivers.downloading import MovedIo, Played, S, SimulatedPeer, answer, piece
from tests.drivers.peers import PATIENCE_S, fill
from tests.models.download_session import decision


@pytest.mark.requirement("RT-5", kind="socket")
def test_a_peer_that_answers_is_asked_once_for_each_piece() -> None:
    """Nothing is reported, and nobody waits."""
    with Played(lambda n, k: [answer(n, piece(k))], Limits(3, S, 3), MovedIo()) as played:
        assert Action.DONE is played.run()
        assert [piece(0), piece(1), piece(2)] == played.download.pieces
        assert ([], [(1, 0), (2, 1), (3, 2)]) == (played.reports, played.asked)


@pytest.mark.requirement("RT-4", "RT-5", kind="socket")
def test_an_answer_that_comes_with_the_one_to_the_retry_counts_for_nothing() -> None:
    """The first request stalls; its answer comes before and after that to the second one."""
    io = MovedIo()

    def script(request: int, number: int) -> Sequence[bytes]:
        if request == 1:
            io.move(S)
            return []
        late = answer(1, b"late")
        return [late, answer(request, piece(number)), late]

    with Played(script, Limits(3, S, 2), io) as played:
        played.on_report = lambda one: io.move(2 * S) if one is Report.RETRY else None
        assert Action.DONE is played.run()
        assert [piece(0), piece(1)] == played.download.pieces
        assert [Report.RETRY, Report.RECOVERED] == played.reports
        assert [(1, 0), (2, 0), (3, 1)] == played.asked


@pytest.mark.requirement("RT-3", "RT-5", kind="socket")
def test_an_abort_from_another_thread_ends_a_wait_at_once() -> None:
    """Who waits is parked and the clock stands in the middle of the wait when it comes."""
    io = MovedIo()

    def stall(request: int, number: int) -> Sequence[bytes]:
        io.move(S)
        return []

    with Played(stall, Limits(3, S, 2), io) as played:

        def abort() -> None:
            assert io.parked.wait(PATIENCE_S)
            played.download.abort()

        def begin(report: Report) -> None:
            io.move(S)
            io.parked.clear()
            threading.Thread(target=abort, daemon=True).start()

        played.on_report = begin
        assert Action.ABORT is played.run()
        assert 2 * S == played.download.session.at_us
        assert ([Report.RETRY], [(1, 0)]) == (played.reports, played.asked)


@pytest.mark.requirement("RT-3", kind="socket")
@pytest.mark.parametrize("is_answered", [True, False])
def test_an_abort_in_a_request_leaves_nothing_to_begin(is_answered: bool) -> None:
    """Neither the next piece nor a wait follows; one that came before all leaves no request."""
    io = MovedIo()

    def script(request: int, number: int) -> Sequence[bytes]:
        played.download.abort()
        if is_answered:
            return [answer(request, piece(number))]
        io.move(S)
        return []

    with Played(script, Limits(3, S, 2), io) as played:
        assert Action.ABORT is played.run()
        assert ([], [(1, 0)]) == (played.reports, played.asked)
    with Played(script, Limits(3, S, 2), io) as played:
        played.download.abort()
        assert Action.ABORT is played.run()
        assert [] == played.asked


@pytest.mark.requirement("RT-4", kind="socket")
@pytest.mark.parametrize("how", ["refuses", "vanishes", "talks nonsense", "invents a request"])
def test_a_peer_that_fails_ends_the_download_with_one_report(how: str) -> None:
    """Asking again would bring the same answer."""

    def script(request: int, number: int) -> Sequence[bytes]:
        if how == "vanishes":
            played.vanish()
        refusal = answer(request, b"no such piece", is_piece=False)
        said = {"refuses": [refusal], "talks nonsense": [b"x" * 99]}
        return said.get(how, [answer(7, b"")] if how == "invents a request" else [])

    with Played(script, Limits(3, S, 2), MovedIo()) as played:
        assert Action.FAIL is played.run()
        assert ([Report.FAILED], []) == (played.reports, played.download.pieces)
        assert played.download.why


@pytest.mark.requirement("RT-5", kind="socket")
def test_a_peer_that_reads_nothing_keeps_nobody_beyond_the_timeout() -> None:
    """On the real clock: the request does not leave, and its time is over all the same."""
    ours, theirs = socket.socketpair()
    with theirs:
        fill(ours)
        reports: list[Report] = []
        download = Download(SocketTransport(ours), Limits(0, 5_000, 1), reports.append, REAL)
        running = threading.Thread(target=download.run, daemon=True)
        running.start()
        running.join(PATIENCE_S)
        assert (Action.FAIL, [Report.FAILED]) == (download.session.action, reports)
        download.close()


def test_a_socket_that_is_gone_fails_the_request() -> None:
    """What asking raises is told."""
    with Played(lambda n, k: [], Limits(3, S, 1), MovedIo()) as played:
        played.ours.shutdown(socket.SHUT_WR)
        assert Action.FAIL is played.run()
        assert played.download.why


def in_virtual_time(
    limits: Limits, delays_us: Sequence[int | None], abort_us: int | None
) -> tuple[Download, list[str], SimulatedPeer]:
    """Play a download to its end; return it with its reports and its peer."""
    io = SimulatedIo(ignore, [])
    peer = SimulatedPeer(io, delays_us)
    reports: list[str] = []
    download = Download(peer, limits, lambda one: reports.append(one.value), io)
    io.thread(download.run, "run").start()

    def abort() -> None:
        assert abort_us is not None
        io.sleep(abort_us)
        download.abort()

    if abort_us is not None:
        io.thread(abort, "abort").start()
    io.hub.settle()
    io.hub.advance(longest_us(limits) + 1)
    io.hub.end()
    return download, reports, peer


def history(
    timeout_us: int, peer: SimulatedPeer, delays_us: Sequence[int | None], abort_us: int | None
) -> list[dict[str, Any]]:
    """Return what happened to a download, from when its peer was asked and answered."""
    events: list[dict[str, Any]] = []
    was_in_time = True
    for place, at_us in enumerate(peer.asked_us):
        delay_us = delays_us[place]
        if not was_in_time:
            events.append({"event": "waited", "at_us": at_us})
        was_in_time = delay_us is not None and delay_us < timeout_us
        if not was_in_time:
            events.append({"event": "timed_out", "at_us": at_us + timeout_us})
        if delay_us is not None:
            events.append({"event": "answered", "at_us": at_us + delay_us, "request": place + 1})
    if abort_us is not None:
        events.append({"event": "abort", "at_us": abort_us})
    return sorted(events, key=lambda one: int(one["at_us"]))


# No two of its own events happen in one microsecond: a timeout ends in 000, an answer in 001 to
# 003, an abort in 500.
DELAYS = st.one_of(st.none(), st.integers(0, 4_000).map(lambda ms: ms * 1000 + 1))


@pytest.mark.requirement("RT-3", "RT-4", "RT-5")
@given(
    st.integers(0, 4), st.integers(1, 2_000).map(lambda ms: ms * 1000), st.integers(1, 3),
    st.lists(DELAYS, min_size=15, max_size=15),
    st.none() | st.integers(0, 20_000).map(lambda ms: ms * 1000 + 500),
)  # fmt: skip
def test_the_driver_keeps_the_schedule_of_the_naive_download(
    most: int, timeout_us: int, pieces: int, delays_us: list[int | None], abort_us: int | None
) -> None:
    """In virtual time: whatever the peer does, and whenever somebody aborts."""
    download, reports, peer = in_virtual_time(Limits(most, timeout_us, pieces), delays_us, abort_us)
    past = history(timeout_us, peer, delays_us, abort_us)
    wanted = decision(most, timeout_us, pieces, past)
    session = download.session
    made = (session.action.value, session.at_us, reports, len(download.pieces))
    assert made == tuple(wanted[one] for one in ("action", "at_us", "reports", "receipts"))
    assert session.at_us <= wanted["longest_us"]


@pytest.mark.requirement("RT-5", kind="boundary")
def test_a_peer_that_is_gone_is_given_up_after_the_longest_time() -> None:
    """Seven retries, two of which wait for a minute: the bound is met, and not passed."""
    limits = Limits(7, 30 * S, 1)
    download, reports, peer = in_virtual_time(limits, [], None)
    assert (Action.FAIL, longest_us(limits)) == (download.session.action, download.session.at_us)
    assert ["retry"] * 7 + ["failed"] == reports
    assert [2, 4, 8, 16, 32, 60, 60] == [
        (b - a) // S - 30 for a, b in zip(peer.asked_us, peer.asked_us[1:], strict=False)
    ]
