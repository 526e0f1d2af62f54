"""How one event reads in one line."""

import pytest

from stallproof.reports.lines import TEXT_MAX, event_lines, ms, visible
from stallproof.wire import events as ev
from stallproof.wire.events import (
    AnyEvent,
    Noted,
    Requested,
    ScenarioBegun,
    SendEnded,
    WallJumped,
    Warned,
    Written,
)


def _what(event: AnyEvent) -> str:
    return event_lines([event])[0].what


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            SendEnded(at_us=5, conn="a", send=1, outcome="timeout", raised=True),
            "send_ended: conn a, send 1, outcome timeout, raised",
        ),
        (
            Requested(at_us=5, id=1, op="open", conn="a", heartbeats=False),
            "asked: id 1, op open, conn a, not heartbeats",
        ),
        (
            Warned(at_us=5, conn="a", count=2, threshold=3, stall_us=1_234_567),
            "warned: conn a, count 2, threshold 3, stall 1,234.567 ms",
        ),
        (WallJumped(at_us=5, before_us=7, after_us=9), "wall_jumped: before 7, after 9"),
    ],
)
def test_an_event_reads_as_words_with_units(event: AnyEvent, expected: str) -> None:
    """Defaults are left out, spans are milliseconds, switches are words."""
    assert expected == _what(event)


def test_moments_count_from_the_first_event() -> None:
    """A moment inside an event is told on the same clock as the events."""
    noted = Noted(at_us=1_000, text="x")
    written = Written(at_us=3_500, conn="a", send=1, began_us=2_000, wrote_bytes=219_264)
    lines = event_lines([written, noted])
    assert ["+0.000 ms", "+2.500 ms"] == [line.when for line in lines]
    assert lines[1].what == "written: conn a, send 1, began +1.000 ms, wrote 219,264 bytes"


def test_lists_and_mappings_read_as_words() -> None:
    """Requirements and knobs are told without brackets."""
    event = ScenarioBegun(
        at_us=1, name="s", repetition=1, requirements=["SD-1", "SD-2"], policy={"k": 5}, grace_us=50
    )
    assert "requirements SD-1 SD-2, policy k=5" in _what(event)


@pytest.mark.parametrize(("late_us", "told"), [(5_000, False), (5_001, True)])
def test_only_an_event_heard_late_says_so(late_us: int, told: bool) -> None:
    """Up to 5 ms between happening and hearing is not worth a word."""
    assert told == ("heard" in _what(Noted(at_us=10, heard_us=10 + late_us, text="x")))


def test_long_text_is_cut() -> None:
    """A harness cannot fill the screen with one event."""
    assert len(_what(Noted(at_us=1, text="x" * 10_000))) < TEXT_MAX + 40


def test_no_events_make_no_lines() -> None:
    """A finding without evidence is fine."""
    assert event_lines([]) == []


def test_visible_escapes_what_a_terminal_obeys() -> None:
    """Control characters are escaped and printable ones of any language kept."""
    assert visible("é\n\x1b\x00") == "é\\n\\x1b\\x00"
    assert visible("abc", limit=2) == "ab..."
    assert visible("ab", limit=2) == "ab"


def test_ms_keeps_every_microsecond() -> None:
    """A span loses nothing when it is shown."""
    assert ["0.000 ms", "0.001 ms", "1,000.000 ms"] == [ms(0), ms(1), ms(1_000_000)]


def test_what_the_peer_saw_is_named_by_the_word_of_the_glossary() -> None:
    """The trace keeps the older word, so that traces and reports of before can be read."""
    assert "peer_unread: conn a, unread 7 bytes" == _what(
        ev.PeerUnread(at_us=0, conn="a", unread_bytes=7)
    )
    end = ev.PeerSawEnd(at_us=0, conn="a", how="lab_closed", total_bytes=0)
    assert "peer_end: conn a, how peer_closed, total 0 bytes" == _what(end)
    failed = ev.HarnessFailed(at_us=0, what="lab", detail="lab")
    assert "harness_failed: what peer, detail lab" == _what(failed)


def test_a_list_without_anything_in_it_is_not_what() -> None:
    """A stream whose chunks are ready at once has no pauses."""
    asked = ev.Requested(at_us=0, id=1, op="stream", conn="a", stream=1, chunk_ready_us=[])
    assert "chunk ready" not in _what(asked)
