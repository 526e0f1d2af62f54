"""What the law demands of a script, which scripts are unfit, and what configurations are due."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from stallproof.judge.model import (
    expected_of,
    held_by,
    problems_of,
)
from stallproof.requirements.vectors.format import Step, Vector
from tests.judge.model.steps import (
    accept,
    ack,
    cancel,
    check,
    close,
    config,
    fail,
    monitor,
    open_,
    send,
    stream,
    until,
)


def vector(*steps: Step, **knobs: Any) -> Vector:
    return Vector(
        schema="stallproof.vector/1", name="by-hand", requirements=[], profile="hardened",
        needs=[], reason="A test.", knobs=knobs, steps=list(steps),
    )  # fmt: skip


def test_the_decisions_of_each_step_are_those_since_the_step_before() -> None:
    """A deadline that comes between two steps belongs to the second, with its own time."""
    script = vector(
        open_("a", room=1), send("a", 1, 2, at=5), until(100_006), streaming_send_timeout=0.1
    )
    decisions = [step.decisions for step in expected_of(script)]
    assert decisions == [
        [],
        [
            {"event": "lock_taken", "at_us": 5, "conn": "a", "send": 1},
            {"event": "written", "at_us": 5, "conn": "a", "send": 1, "began_us": 5,
             "wrote_bytes": 1},
        ],
        [
            {"event": "send_ended", "at_us": 100_005, "conn": "a", "send": 1,
             "outcome": "timeout", "raised": True},
            {"event": "closing", "at_us": 100_005, "conn": "a"},
        ],
    ]  # fmt: skip
    assert held_by(script) == {"CX-4", "SD-2", "SD-4", "SD-5", "SD-7"}


OPEN = open_("a", room=0)
FREE = open_("b")


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        ([OPEN, send("a", 1, 1, at=9), until(5), send("a", 2, 1, at=8)], "time goes back"),
        ([send("a", 1, 1, at=0)], "never opened"),
        ([OPEN, OPEN], "open already"),
        ([OPEN, send("a", 1, 0, at=0)], "at least 1 byte"),
        ([OPEN, send("a", 1, 1, at=0), send("a", 1, 1, at=0)], "asked for twice"),
        ([OPEN, accept("a", 0, at=0)], "at least 1 byte"),
        ([OPEN, accept("a", 5, late=5, at=0)], "no send waits"),
        ([OPEN, monitor(3, at=0), send("a", 1, 9, at=0), accept("a", 5, late=3, at=0)],
         "something else is due"),
        ([OPEN, fail("a", "EIO", at=0), fail("a", "EIO", at=0)], "waiting for a write"),
        ([OPEN, fail("a", "ENOSUCH", at=0)], "no error number"),
        ([OPEN, monitor(50, at=0), send("a", 1, 1, at=0), until(100)], "are both due"),
        ([OPEN, monitor(0, at=0)], "at least 1 us"),
        ([OPEN, stream("a", 1, 5, at=0)], "has a room"),
        ([FREE, close("b", at=0), stream("b", 1, 5, at=5)], "is closing"),
        ([FREE, fail("b", "EIO", at=0), stream("b", 1, 5, at=0)], "and a stream writes"),
        ([FREE, stream("b", 1, 5, start_after=9, at=0), fail("b", "EIO", at=0), until(9)],
         "and a stream writes"),
        ([FREE, stream("b", 1, 5, start_after=9, at=0), fail("b", "EIO", at=0),
          cancel("b", 1, at=5)], "and a stream writes"),
        ([FREE, stream("b", 1, 5, start_after=9, at=0), stream("b", 1, 5, at=0)], "twice"),
        ([FREE, stream("b", 1, 0, at=0)], "at least 1 byte"),
        ([FREE, stream("b", 1, 5, start_after=9, at=0), ack("b", 1, 2.0, at=0)], "zero fraction"),
        ([FREE, cancel("b", 1, at=0)], "never made"),
        ([FREE, config(file="{}")], "not for both"),
        ([config(file="[]")], "does not say"),
        ([config(file='{"sfm_close_stalled_connection": 2.0}')], "does not say"),
        ([FREE, close("b", at=5), open_("b", at=5)], "comes back too soon"),
        ([FREE, stream("b", 1, 5, at=0), close("b", at=5), open_("b", at=6)], "had streams"),
        ([Step(at_us=0, do={"op": "stop"})], "cannot be asked for"),
        ([Step(at_us=0, do={"op": "dance"})], "step 0"),
    ],
)  # fmt: skip
def test_an_unfit_script_is_named(steps: Sequence[Step], problem: str) -> None:
    """Each rule of virtual time that a script breaks is found, and the first one is told."""
    found = problems_of(vector(*steps, streaming_send_timeout=0.0001))
    assert len(found) == 1
    assert problem in found[0]


def test_a_fit_script_has_no_problems() -> None:
    """The neighbours of what is unfit are fit: a late write to the deadline, a name come back."""
    steps = [
        OPEN, send("a", 1, 5, at=0), accept("a", 5, late=1, at=99), close("a", at=101),
        open_("a", at=102), monitor(7, at=102), check(at=103), until(110),
    ]  # fmt: skip
    assert problems_of(vector(*steps, streaming_send_timeout=0.0001)) == []


@pytest.mark.parametrize(
    ("knobs", "is_taken"),
    [
        ({"heartbeat_interval": 0.5}, False),
        ({"heartbeat_interval": 1}, True),
        ({"streaming_send_timeout": 0.0000009}, False),
        ({"streaming_send_timeout": 0.000001}, True),
        ({"streaming_send_timeout": 1_000_000.000001}, False),
        ({"streaming_ack_wait": 1.5}, False),
        ({"streaming_send_timeout": "7"}, False),
        ({"streaming_window_size": 0}, False),
        ({"streaming_window_size": 1}, True),
        ({"sfm_send_stall_consecutive_checks": 0}, True),
        ({"streaming_ack_progress_check_interval": -1}, True),
    ],
)
def test_knobs_that_every_harness_refuses_are_named(knobs: dict[str, Any], is_taken: bool) -> None:
    """A script with them could not be played; what lies below a clamp is taken."""
    found = problems_of(vector(OPEN, **knobs))
    (name,) = knobs
    assert [] == found if is_taken else len(found) == 1 and name in found[0]


def answer(file: dict[str, Any] | str, environment: dict[str, str] | None = None) -> Any:
    text = file if isinstance(file, str) else json.dumps(file)
    script = vector(config(file=text, environment=environment or {}))
    assert problems_of(script) == []
    (step,) = expected_of(script)
    return step.answer, step.laws


def test_an_empty_configuration_is_in_force_with_all_defaults() -> None:
    """Every knob has its default in its own unit; where two releases differ both are named."""
    found, laws = answer({})
    mib = 1024 * 1024
    assert found["effective"] == {
        "streaming_send_timeout": 30, "streaming_ack_progress_timeout": 60,
        "streaming_ack_progress_check_interval": 5, "sfm_send_stall_timeout": 45,
        "sfm_close_stalled_connection": False, "sfm_send_stall_consecutive_checks": 3,
        "streaming_ack_wait": 300, "streaming_window_size": [16 * mib, 64 * mib],
        "streaming_chunk_size": mib, "streaming_ack_interval": [4 * mib, 16 * mib],
        "heartbeat_interval": 60,
    }  # fmt: skip
    assert (found["noted"], set(found["relations"].values())) == ([], {True})
    assert laws == {"CF-1", "CF-4", "CF-5"}


@pytest.mark.parametrize(
    ("file", "environment", "laws"),
    [
        ({"streaming_send_timeout": 7.5}, {}, {"CF-1"}),
        ({"sfm_send_stall_consecutive_checks": 0}, {}, {"CF-1", "CF-2", "CF-3"}),
        ({"streaming_ack_progress_check_interval": 0.01}, {}, {"CF-1", "CF-2", "CF-3"}),
        ({"streaming_send_timeout": None}, {}, {"CF-1", "CF-3", "CF-4"}),
        ({}, {"NVFLARE_STREAMING_SEND_TIMEOUT": "9"}, {"CF-3", "CF-4"}),
        ({"streaming_send_timeout": 8}, {"NVFLARE_STREAMING_SEND_TIMEOUT": "9"}, {"CF-1", "CF-4"}),
        ({"some_other_name": 1}, {}, {"CF-1", "CF-3", "CF-4"}),
    ],
)
def test_what_a_configuration_puts_to_the_test(
    file: dict[str, Any], environment: dict[str, str], laws: set[str]
) -> None:
    """Each configuration counts for what it alone can show, besides its relations."""
    assert answer(file, environment)[1] - {"CF-5"} == laws


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ('{"streaming_send_timeout": NaN}', ("streaming_send_timeout", "NaN")),
        ('{"streaming_send_timeout": "30"}', ("streaming_send_timeout", '"30"')),
        ('{"streaming_send_timout": 3}', ("streaming_send_timeout", "3")),
        ('{"streaming_chunk_size": 0}', ("streaming_chunk_size", "0")),
    ],
)
def test_what_is_not_allowed_is_refused(file: str, told: tuple[str, str]) -> None:
    """The answer names the knob and the value, and it puts strict reading to the test."""
    found, laws = answer(file)
    assert [(one["knob"], one["value"]) for one in found["refused"]] == [told]
    assert laws == {"CF-3"}


def test_a_relation_beyond_its_edge_is_broken() -> None:
    """The chunk one byte greater than the window breaks its relation, equal it holds."""
    beyond, laws = answer({"streaming_window_size": 4_194_304, "streaming_chunk_size": 4_194_305})
    at, _laws = answer({"streaming_window_size": 4_194_304, "streaming_chunk_size": 4_194_304})
    held = (beyond["relations"]["window_holds_chunk"], at["relations"]["window_holds_chunk"])
    assert (held, "CF-5" in laws) == ((False, True), True)
