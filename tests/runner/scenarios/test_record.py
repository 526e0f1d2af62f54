"""What a harness says of other connections than those of the run: late, or made up."""

import time

import pytest

from stallproof.runner.scenarios.record import Record
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.wire.events import (
    AnyEvent,
    Checked,
    Closed,
    HeartbeatDropped,
    Noted,
    PeerAccepted,
    Received,
    SendEnded,
)  # fmt: skip

NEVER_OPENED = "spoke of the connection 'ghost', which was not opened since its configuration"


def now_us() -> int:
    return time.monotonic_ns() // 1000


def checked(conn: str, at_us: int | None = None) -> Checked:
    """Return the word of a check, dated now if nothing else is said."""
    return Checked(at_us=now_us() if at_us is None else at_us, conn=conn, stall_us=0, count=0)


def ending(conn: str) -> list[AnyEvent]:
    """Return words that come behind everything else."""
    at_us = now_us()
    return [
        Closed(at_us=at_us, conn=conn), SendEnded(at_us=at_us, conn=conn, send=1, outcome="closed"),
        Received(at_us=at_us, conn=conn), HeartbeatDropped(at_us=at_us, conn=conn),
    ]  # fmt: skip


@pytest.mark.parametrize("runs", [False, True], ids=["between-runs", "in-a-run"])
def test_a_word_of_a_connection_that_nobody_opened_breaks_the_harness(*, runs: bool) -> None:
    """Whatever it says of it, and even where no run is on."""
    record = Record()
    if runs:
        record.begin()
        record.expect("a")
    for word in (checked("ghost"), *ending("ghost")):
        with pytest.raises(HarnessBroken, match=NEVER_OPENED) as broken:
            record.add(word)
        assert "protocol" == broken.value.what
    assert [] == record.end()


def test_a_late_word_of_an_earlier_repetition_is_left_out() -> None:
    """The same process has opened it, under the same configuration."""
    record = Record()
    record.begin()
    record.expect("a1")
    record.add(word := checked("a1"))
    assert [word] == record.end()
    record.add(checked("a1"))
    record.begin()
    record.expect("a2")
    for late in (checked("a1"), *ending("a1")):
        record.add(late)
    record.add(word := checked("a2"))
    assert [word] == record.end()


def test_a_name_is_known_before_anybody_is_asked_to_open_it() -> None:
    """A word may be there before the answer, and where the opening fails."""
    record = Record()
    record.begin()
    record.expect("a")
    record.add(word := checked("a"))
    assert [word] == record.end()


def test_a_name_of_the_play_before_is_unknown_and_may_only_end() -> None:
    """A harness that is kept begins anew; what ended with the play before may come late."""
    names: set[str] = set()
    Record(names).expect("ghost")
    kept = Record(names)
    kept.begin()
    for late in (*ending("ghost"), checked("ghost", now_us() - 10_000_000)):
        kept.add(late)
    with pytest.raises(HarnessBroken, match=NEVER_OPENED):
        kept.add(checked("ghost"))
    kept.expect("ghost")
    kept.add(word := checked("ghost"))
    assert [word] == kept.end()


def test_what_names_no_connection_or_is_no_word_of_a_harness_accuses_nobody() -> None:
    """A note is of the run, and what the peer saw elsewhere is left out."""
    record = Record()
    record.begin()
    record.add(note := Noted(at_us=1, text="well"))
    record.add(PeerAccepted(at_us=1, conn="ghost"))
    assert [note] == record.end()
