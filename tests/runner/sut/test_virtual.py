"""A harness in virtual time is heard strictly: replies in order, each event where it belongs."""

import pytest

from stallproof.runner.sut import harness as harness_module
from stallproof.runner.sut import virtual as client_module
from stallproof.runner.sut.virtual import HarnessBroken, VirtualHarness
from stallproof.wire import events as ev
from stallproof.wire.events import AnyEvent
from tests.runner.harness_bench import PATIENCE_S
from tests.runner.sut.virtual_bench import (
    ARRIVAL,
    REFERENCE,
    STALL,
    command_of,
    opened,
    script,
    step,
)


def _kinds(run: list[AnyEvent]) -> list[str]:
    return [str(event.__struct_config__.tag) for event in run]


@pytest.mark.parametrize(
    ("way", "what", "words"),
    [
        ("html", "garbage", "not a JSON object: '<html></html>'"),
        ("exit", "died", "exited with status 3; its last words were: cannot go on"),
        ("silent", "hung", "owed the reply to 'received' and was silent for 1 s"),
        ("flood", "flood", "more than 200000 events"),
        ("unknown-event", "garbage", "rejoiced"),
        ("lab-event", "protocol", "as seen by 'lab'"),
        ("swapped", "protocol", "replied out of order"),
        ("early-event", "protocol", "an event of no case, before its reply to 'config'"),
    ],
)
def test_a_harness_that_breaks_in_a_case_is_named_and_stays_broken(
    way: str, what: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is wrong is the harness's failure, and the next case gets the same answer."""
    with VirtualHarness(command_of(way)) as harness:
        if way == "silent":
            # Only this one is found out by the time it takes.
            monkeypatch.setattr(client_module, "SILENCE_S", 1.0)
        for _ in range(2):
            with pytest.raises(HarnessBroken, match=words) as broken:
                harness.play(ARRIVAL)
            assert what == broken.value.what


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("knows-all", "answered 'ok' to an operation that nobody knows"),
        ("half-virtual", "declares virtual_time, and knows no hello with that clock"),
    ],
)
def test_a_harness_whose_first_answers_cannot_be_right_is_not_used(way: str, words: str) -> None:
    """Nothing is played with it."""
    harness = VirtualHarness(command_of(way))
    with pytest.raises(HarnessBroken, match=words):
        harness.start()
    harness.close()


def test_an_event_after_the_last_reply_is_told_when_the_next_case_comes() -> None:
    """Nothing is written between two requests: it belongs to no case."""
    last = script(opened("a"), step(0, "received", conn="a"))
    with VirtualHarness(command_of("late-event")) as harness:
        harness.play(last)
        with pytest.raises(HarnessBroken, match=r"when nothing was asked|of no case") as broken:
            harness.play(last)
        assert "protocol" == broken.value.what


@pytest.mark.parametrize("way", ["real-only", "deaf-to-clocks"])
def test_without_virtual_time_every_script_is_unsupported(way: str) -> None:
    """A harness of the real clock is heard, whether it refuses the other clock or overlooks it."""
    with VirtualHarness(command_of(way)) as harness:
        assert ["unix"] == harness.hello.features
        run = harness.play(ARRIVAL)
    assert ["scenario", "unsupported", "scenario_ended"] == _kinds(run)
    assert run[1] == ev.Unsupported(at_us=0, feature="virtual_time")


def test_a_feature_that_is_missing_leaves_the_script_out() -> None:
    """The run names each feature that the script takes and the implementation lacks."""
    vector = script(opened("a"), needs=("checks", "streams"))
    with VirtualHarness(command_of("good")) as harness:
        run = harness.play(vector)
    lacking = [event.feature for event in run if isinstance(event, ev.Unsupported)]
    assert ["streams"] == lacking


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("other-knob", "streaming_send_timeout was set to 30.0, and 31 is in force"),
        ("drops-knob", "sfm_send_stall_consecutive_checks was set to 3, and None is in force"),
        ("odd-answer", "and None is in force"),
        ("refuses", "it answered 'refused' to 'config' (not today)"),
        ("fails", "it answered 'failed' to 'received' (no such thing)"),
    ],
)
def test_a_case_that_was_not_played_as_asked_is_harness_trouble(way: str, words: str) -> None:
    """The harness lives on, but nothing after that is in the run."""
    with VirtualHarness(command_of(way)) as harness:
        for _ in range(2):
            run = harness.play(ARRIVAL)
            assert ["harness_failed", "scenario_ended"] == _kinds(run)[-2:]
            failed = run[-2]
            assert isinstance(failed, ev.HarnessFailed)
            assert words in failed.detail


def test_a_time_of_hearing_is_the_oracles_and_there_is_none() -> None:
    """In virtual time nobody hears at a moment: what a harness says of it is dropped."""
    with VirtualHarness(command_of("heard")) as harness:
        said = [event for event in harness.play(ARRIVAL) if isinstance(event, ev.Received)]
    assert [ev.Received(at_us=0, conn="a")] == said


def test_an_end_that_breaks_the_rules_is_a_complaint(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit status after `stop` has to be 0 (rule 8); it spoils no verdict."""
    monkeypatch.setattr(harness_module, "_STOP_S", PATIENCE_S)
    with VirtualHarness(command_of("bad-end")) as harness:
        harness.play(ARRIVAL)
    assert harness.complaint is not None
    assert "exited with status 7" in harness.complaint
    with VirtualHarness(command_of("good")) as harness:
        harness.play(ARRIVAL)
    assert harness.complaint is None


def test_the_reference_times_out_at_the_microsecond() -> None:
    """A play of the reference is exact, and a second play of the same script is the same run."""
    with VirtualHarness(REFERENCE) as harness:
        first, second = harness.play(STALL), harness.play(STALL)
    assert first == second
    (ended,) = [event for event in first if isinstance(event, ev.SendEnded)]
    assert (1_000_000, "timeout") == (ended.at_us, ended.outcome)
    written = [event.wrote_bytes for event in first if isinstance(event, ev.Written)]
    assert [4, 2] == written


def test_variables_of_the_implementation_do_not_reach_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What configures the implementation comes by `config` alone."""
    monkeypatch.setenv("NVFLARE_STREAMING_SEND_TIMEOUT", "7")
    vector = script(step(0, "config"), needs=("config",))
    with VirtualHarness(REFERENCE) as harness:
        run = harness.play(vector)
    (answer,) = [event for event in run if isinstance(event, ev.ConfigurationAnswered)]
    assert 7 != answer.effective["streaming_send_timeout"]
