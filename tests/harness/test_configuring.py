"""The operation `config` of the reference's harness, as the oracle asks for it."""

from typing import Any

import pytest

from tests.harness.driving import running

RELATIONS = [
    "no_warning",
    "no_close",
    "progress_before_ack_wait",
    "ack_interval_in_window",
    "window_holds_chunk",
    "outer_timeouts",
    "close_window_defined",
]


def holding(reply: dict[str, Any]) -> list[str]:
    """Return the names of the relations that hold, after a look at the shape of all of them."""
    assert RELATIONS == [one["relation"] for one in reply["relations"]]
    assert all(one["text"] for one in reply["relations"])
    return [one["relation"] for one in reply["relations"] if one["holds"]]


def test_a_file_and_an_environment_are_read() -> None:
    """The file wins, effective values are in the knobs' units, and notes are told."""
    text = '{"streaming_send_timeout": 0.5, "sfm_send_stall_consecutive_checks": 0, "x": 1}'
    environment = {"NVFLARE_STREAMING_SEND_TIMEOUT": "7", "NVFLARE_HEARTBEAT_INTERVAL": "3e1"}
    with running() as harness:
        assert {"config", "relations"} <= {*harness.ask("hello", protocol=1)["features"]}
        reply = harness.ask("config", file=text, environment=environment)
        effective = reply["effective"]
        assert (0.5, 30, 1) == (
            effective["streaming_send_timeout"],
            effective["heartbeat_interval"],
            effective["sfm_send_stall_consecutive_checks"],
        )
        assert 5_000_000 == reply["monitor_period_us"]
        assert 2 == len(reply["notes"])
        assert RELATIONS == holding(reply)


def test_relations_are_judged_with_what_the_request_says() -> None:
    """Grace, outer timeouts and margin at their edges, for form (b) with its lateness."""
    knobs = {"sfm_send_stall_timeout": 75, "sfm_close_stalled_connection": True}
    terms: dict[str, Any] = {"outer_timeouts_us": {"task": 91_050_001}, "margin_us": 1_000_000}
    with running() as harness:
        at_edge = harness.ask("config", knobs=knobs, grace_us=45_000_000, **terms)
        assert RELATIONS == holding(at_edge)
    with running() as harness:
        terms["outer_timeouts_us"]["task"] -= 1
        beyond = harness.ask("config", knobs=knobs, grace_us=45_000_001, **terms)
        assert {"no_warning", "outer_timeouts"} == {*RELATIONS} - {*holding(beyond)}


@pytest.mark.parametrize(
    ("text", "knob", "value"),
    [
        ('{"heartbeat_interval": 0}', "heartbeat_interval", 0),
        ('{"heartbeat_interval": 1.5}', "heartbeat_interval", 1.5),
        ('{"heartbeat_interval": NaN}', "heartbeat_interval", "NaN"),
        ('{"heartbeat_interval": 1e999}', "heartbeat_interval", "1e999"),
        ('{"heartbeat_interval": "\\ud800"}', "heartbeat_interval", "\\ud800"),
        ('{"heartbeat_interval": {}}', "heartbeat_interval", "an object"),
        ('{"heartbeat_interval": true}', "heartbeat_interval", True),
        ('{"heartbeat_intervall": 1}', "heartbeat_interval", "heartbeat_intervall"),
        ("{", "comm_config.json", ""),
    ],
)
def test_a_refusal_leaves_nothing_in_force(text: str, knob: str, value: object) -> None:
    """Knob, value and what is allowed are told; the next configuration is taken."""
    with running() as harness:
        refused = harness.ask("config", file=text)
        assert ("refused", knob, value) == (refused["error"], refused["knob"], refused["value"])
        assert refused["allowed"] in refused["message"]
        taken = harness.ask("config", file="{}")
        assert (60, True) == (taken["effective"]["heartbeat_interval"], taken["ok"])


def test_a_negative_grace_is_a_failure_and_no_refusal() -> None:
    """What is wrong there is the request, not the configuration."""
    with running() as harness:
        assert "failed" == harness.ask("config", knobs={}, grace_us=-1)["error"]
