"""One configuration in virtual time: judged by all of CF, and blamed on the law that it breaks."""

from typing import Any

import pytest

from stallproof.judge.offline import report_on
from stallproof.wire import events as ev
from stallproof.wire.codec import TRACE_SCHEMA

MIB = 1024 * 1024
DEFAULTS = {
    "streaming_send_timeout": 30, "streaming_ack_progress_timeout": 60,
    "streaming_ack_progress_check_interval": 5, "sfm_send_stall_timeout": 45,
    "sfm_close_stalled_connection": False, "sfm_send_stall_consecutive_checks": 3,
    "streaming_ack_wait": 300, "streaming_window_size": 16 * MIB,
    "streaming_chunk_size": MIB, "streaming_ack_interval": 4 * MIB, "heartbeat_interval": 60,
}  # fmt: skip
SEND = "streaming_send_timeout"
VARIABLE = "NVFLARE_STREAMING_SEND_TIMEOUT"
INTERVAL = "streaming_ack_progress_check_interval"
ALL = ("CF-1", "CF-2", "CF-3", "CF-4")


def verdicts(
    file: str,
    environment: dict[str, str],
    answer: dict[str, Any],
    *requirements: str,
    profile: str = "hardened",
) -> dict[str, str]:
    """Return how `requirements` fare after one configuration and its answer."""
    told = {"effective": {**DEFAULTS, **answer}} if "error" not in answer else answer
    asked = list(requirements or ALL)
    report = report_on(
        [
            ev.TraceBegun(
                at_us=0, schema=TRACE_SCHEMA, profile="seed" if profile == "seed" else "hardened",
                selected=asked, implementation={"name": "x"}, features=["config"],
            ),
            ev.ScenarioBegun(
                at_us=0, name="x", repetition=1, requirements=asked, policy={}, grace_us=0,
                clock="virtual",
            ),
            ev.ConfigurationAsked(
                at_us=0, id=1, case="x", file=file, environment=environment
            ),
            ev.ConfigurationAnswered(at_us=0, id=1, **told),
            ev.ScenarioEnded(at_us=0, noise_us=0),
        ]
    )  # fmt: skip
    return {one.id: one.verdict for one in report.requirements if one.selected}


def refused(knob: str, value: str) -> dict[str, Any]:
    """Return the answer of somebody who refuses `value`."""
    return {
        "error": "refused", "knob": knob, "value": value, "allowed": "something else",
        "message": f"{knob} = {value} is refused",
    }  # fmt: skip


@pytest.mark.parametrize(("value", "verdict"), [(7.5, "pass"), (7.500001, "fail"), (30, "fail")])
def test_a_configuration_is_judged_by_itself(value: float, verdict: str) -> None:
    """In virtual time each configuration counts for what it alone can show."""
    found = verdicts(f'{{"{SEND}": 7.5}}', {}, {SEND: value}, "CF-1")
    assert {"CF-1": verdict} == found


@pytest.mark.parametrize(
    ("file", "environment", "answer", "broken"),
    [
        # What is in force is another value.
        (f'{{"{SEND}": 7.5}}', {}, {SEND: 30}, {"CF-1"}),
        ("{}", {}, {SEND: 29}, {"CF-1"}),
        (f'{{"{SEND}": 7.5}}', {VARIABLE: "8"}, {SEND: 8}, {"CF-4"}),
        (f'{{"{SEND}": 7.5}}', {VARIABLE: "8"}, {SEND: 9}, {"CF-1"}),
        ("{}", {VARIABLE: "8"}, {SEND: 30}, {"CF-4"}),
        ("{}", {VARIABLE: "8e0"}, {SEND: 80}, {"CF-3"}),
        (f'{{"{SEND}": null}}', {}, {SEND: 0.000001}, {"CF-3"}),
        (f'{{"{INTERVAL}": 0.005}}', {}, {INTERVAL: 0.005}, {"CF-2"}),
        (f'{{"{SEND}": NaN}}', {}, {}, {"CF-3"}),
        # What is allowed was refused.
        (f'{{"{SEND}": 7.5}}', {}, refused(SEND, "7.5"), {"CF-1"}),
        (f'{{"{SEND}": 0.000001}}', {}, refused(SEND, "0.000001"), {"CF-1", "CF-3"}),
        (f'{{"{INTERVAL}": -1}}', {}, refused(INTERVAL, "-1"), {"CF-2", "CF-3"}),
        ('{"max_message_size": 1}', {}, refused("max_message_size", "1"), {"CF-3"}),
        ("{}", {VARIABLE: "8"}, refused(SEND, "8"), {"CF-4"}),
        ("{}", {VARIABLE: "8e0"}, refused(SEND, "8e0"), {"CF-3"}),
        (f'{{"{SEND}": 7.5}}', {VARIABLE: "nan"}, refused(SEND, "nan"), {"CF-3"}),
    ],
)
def test_the_root_is_told_and_no_consequence(
    file: str, environment: dict[str, str], answer: dict[str, Any], broken: set[str]
) -> None:
    """A value that is not in force is missed by many rules, and one law says why."""
    found = verdicts(file, environment, answer)
    assert broken == {one for one, verdict in found.items() if verdict == "fail"}, found


def test_where_the_root_is_no_part_of_a_vector_its_own_requirement_fails() -> None:
    """A vector for CF-4 is judged by CF-4, whatever else went wrong in it."""
    found = verdicts(f'{{"{SEND}": 7.5}}', {VARIABLE: "8"}, {SEND: 9}, "CF-4")
    assert {"CF-4": "fail"} == found


def test_who_keeps_to_seed_alone_is_blamed_for_a_refusal_as_well() -> None:
    """Strict reading is no part of seed; that a knob is read under its name is."""
    file = f'{{"{SEND}": 7.5}}'
    found = verdicts(file, {}, refused(SEND, "7.5"), profile="seed")
    assert "fail" == found["CF-1"]


def test_what_is_right_breaks_nothing() -> None:
    """The same configurations with the answers that the law wants."""
    for file, environment, answer in (
        (f'{{"{SEND}": 7.5}}', {VARIABLE: "8"}, {SEND: 7.5}),
        (f'{{"{SEND}": null}}', {VARIABLE: "8e0"}, {SEND: 8}),
        (f'{{"{SEND}": NaN}}', {}, refused(SEND, "NaN")),
    ):
        assert "fail" not in verdicts(file, environment, answer).values()


@pytest.mark.parametrize(
    ("value", "expected"), [("0.000001", "pass"), ("1000000", "pass"), ("7", "not-exercised")]
)
def test_a_value_at_an_end_of_its_range_puts_strict_reading_to_the_test(
    value: str, expected: str
) -> None:
    """Both ends are allowed, and whoever refuses them is found out; in the midst is nothing."""
    found = verdicts(f'{{"{SEND}": {value}}}', {}, {SEND: float(value)}, "CF-3")
    assert {"CF-3": expected} == found


def test_what_is_rightly_refused_puts_strict_reading_to_the_test() -> None:
    """A refusal is an answer like any other."""
    found = verdicts(f'{{"{SEND}": NaN}}', {}, refused(SEND, "NaN"), "CF-3")
    assert {"CF-3": "pass"} == found
