"""A script becomes requests and what was heard of them a run, with the clock kept by the oracle."""

from typing import Any

from stallproof.requirements.knobs import asked_for, in_force_fault, policy_of_script
from stallproof.requirements.vectors.format import KNOBS
from stallproof.runner.sut.player import Heard, begun, run_of, script_of
from stallproof.wire import events as ev
from tests.runner.sut.virtual_bench import STALL, S, opened, script, step

EVERYTHING = ["checks", "monitor", "heartbeats", "streams"]


def _ops(*steps: Any) -> list[tuple[str, int, int]]:
    made = script_of(script(*steps), [])
    return [(r.fields["op"], r.at_us, r.done_us) for r in made.requests]


def test_the_clock_moves_by_an_advance_before_each_later_step() -> None:
    """Steps at one moment share one advance, and time that only passes is one as well."""
    found = _ops(
        opened("a"), step(S, "received", conn="a"), step(S, "received", conn="a"), step(9 * S)
    )
    assert found == [
        ("config", 0, 0),
        ("open", 0, 0),
        ("advance", 0, S),
        ("received", S, S),
        ("received", S, S),
        ("advance", S, 9 * S),
    ]


def test_a_late_write_moves_the_clock_which_is_set_anew_after_it() -> None:
    """Whether the late write took place is the implementation's doing; the next step is not."""
    late = step(S, "accept", conn="a", wrote_bytes=1, late_us=500)
    found = _ops(late, step(S + 500, "received", conn="a"))
    assert found[1:] == [
        ("advance", 0, S),
        ("accept", S, S + 500),
        ("advance", S + 500, S + 500),
        ("received", S + 500, S + 500),
    ]


def test_knobs_of_guards_that_are_not_declared_are_not_asked_for() -> None:
    """What has nothing that follows it is left out; everything else is set, named or not."""
    assert {"streaming_send_timeout": 1} == script_of(STALL, ["virtual_time"]).knobs
    asked = script_of(STALL, EVERYTHING).knobs
    assert {*KNOBS} == {*asked} == {*asked_for(KNOBS, EVERYTHING)}
    assert KNOBS["heartbeat_interval"] == asked["heartbeat_interval"]


def test_what_only_decides_sets_no_knob() -> None:
    """Who has only machines has none to put in force; beside anything else they are set."""
    decision = step(0, "decide", machine="start_gate", input={})
    assert {} == script_of(script(decision), EVERYTHING).knobs
    assert {} != script_of(script(opened("a"), decision), EVERYTHING).knobs


def test_a_knob_counts_as_in_force_to_the_microsecond() -> None:
    """A microsecond more is another value; the clamp of the check interval is none."""
    asked = {"streaming_send_timeout": 0.5, "sfm_close_stalled_connection": True}
    assert in_force_fault(asked, {**asked, "streaming_send_timeout": 0.5000001}) is None
    fault = in_force_fault(asked, {**asked, "streaming_send_timeout": 0.500001})
    assert fault == "The knob streaming_send_timeout was set to 0.5, and 0.500001 is in force."
    assert in_force_fault(asked, {**asked, "sfm_close_stalled_connection": False}) is not None
    assert in_force_fault(asked, {"streaming_send_timeout": 0.5}) is not None
    assert in_force_fault(asked, None) is not None
    interval = "streaming_ack_progress_check_interval"
    assert in_force_fault({interval: 0.001}, {interval: 0.01}) is None
    assert in_force_fault({interval: 0.02}, {interval: 0.01}) is not None


def test_the_policy_of_a_run_is_in_core_units() -> None:
    """Seconds become microseconds, sizes stay, and the clamps are applied."""
    policy = policy_of_script(
        {"streaming_send_timeout": 0.25, "streaming_window_size": 7,
         "streaming_ack_progress_check_interval": 0.002, "sfm_send_stall_consecutive_checks": 0}
    )  # fmt: skip
    assert (250_000, 7) == (policy["send_timeout_us"], policy["window_bytes"])
    assert (10_000, 2_000) == (
        policy["ack_check_interval_us"], policy["ack_check_interval_asked_us"]
    )  # fmt: skip
    assert 1 == policy["checks_max"]


def _heard(*replies: dict[str, Any]) -> list[Heard]:
    return [Heard([], {"id": 1, "ok": True, **reply}) for reply in replies]


def test_a_run_holds_each_request_its_events_and_its_reply_in_order() -> None:
    """The run is the play as a trace tells it; ids count from the beginning of the run."""
    vector = script(opened("a", 3), step(5, "received", conn="a"))
    made = script_of(vector, [])
    heard = _heard({"effective": made.knobs}, {}, {}, {})
    said = ev.Received(at_us=5, conn="a")
    heard[3].events.append(said)
    run = run_of(begun(vector, "named", 2), made, heard)
    assert run[0].name == "named"  # type: ignore[union-attr]
    assert run[1:] == [
        ev.Requested(at_us=0, id=2, op="open", conn="a", room_bytes=3),
        ev.Answered(at_us=0, id=2, op="open"),
        ev.Requested(at_us=0, id=3, op="advance", to_us=5),
        ev.Answered(at_us=5, id=3, op="advance"),
        ev.Requested(at_us=5, id=4, op="received", conn="a"),
        said,
        ev.Answered(at_us=5, id=4, op="received"),
        ev.ScenarioEnded(at_us=5, noise_us=0),
    ]


def test_a_request_that_is_not_carried_out_ends_the_run_as_harness_trouble() -> None:
    """What came after it cannot be told from its consequences."""
    vector = script(opened("a"), step(5, "received", conn="a"))
    made = script_of(vector, [])
    no = {"ok": False, "error": "unsupported", "message": "no transport is called virtual"}
    run = run_of(begun(vector, None, 1), made, _heard({"effective": made.knobs}, no, {}, {}))
    assert [type(event).__name__ for event in run] == [
        "ScenarioBegun", "Requested", "Answered", "HarnessFailed", "ScenarioEnded",
    ]  # fmt: skip
    failed = run[3]
    assert isinstance(failed, ev.HarnessFailed)
    assert "answered 'unsupported' to 'open' (no transport is called virtual)" in failed.detail


def test_configurations_are_asked_for_and_answered_as_such() -> None:
    """A script of group CF becomes events of configurations, values, refusals and all."""
    vector = script(
        step(0, "config", file='{"streaming_send_timeout": 1}'),
        step(0, "config", environment={"NVFLARE_X": "1"}, margin_us=3),
    )
    made = script_of(vector, [])
    assert [one.fields for one in made.requests] == [
        {"op": "config", "environment": {}, "file": '{"streaming_send_timeout": 1}'},
        {"op": "config", "environment": {"NVFLARE_X": "1"}, "margin_us": 3, "file": "{}"},
    ]
    refused = {"ok": False, "error": "refused", "message": "no", "knob": "NVFLARE_X", "value": "1"}
    run = run_of(begun(vector, None, 1), made, _heard({"effective": {"k": 1.5}}, refused))
    answers = [event for event in run if isinstance(event, ev.ConfigurationAnswered)]
    assert [(one.error, one.effective, one.knob) for one in answers] == [
        (None, {"k": 1.5}, None),
        ("refused", {}, "NVFLARE_X"),
    ]
    asked = [event for event in run if isinstance(event, ev.ConfigurationAsked)]
    assert [(one.grace_us, one.margin_us) for one in asked] == [(50_000, 0), (50_000, 3)]
