"""What a harness has to keep in virtual time, whatever stands behind it.

Spec: `spec/virtual.md`, rules 2 and 4.
"""

from collections.abc import Sequence

from stallproof.requirements.vectors.format import Step, Vector
from stallproof.runner.smoke.check import Check, broken, sound
from stallproof.runner.smoke.deciding import INPUTS
from stallproof.runner.sut.virtual import HarnessBroken, VirtualHarness
from stallproof.wire import codec
from stallproof.wire.operations import DECIDE

NAME = "virtual-time-repeats"


def _vector(name: str, steps: list[Step]) -> Vector:
    return Vector(
        schema="stallproof.vector/1", name=name, requirements=[], profile="seed", needs=[],
        reason="", knobs={"streaming_send_timeout": 0.5}, steps=steps,
    )  # fmt: skip


def _open(room: int | None) -> Step:
    return Step(at_us=0, do={"op": "open", "conn": "a", "transport": "virtual", "room_bytes": room})


def _send(size: int) -> Step:
    return Step(at_us=0, do={"op": "send", "conn": "a", "send": 1, "size_bytes": size})


STALLED = _vector("stalled", [_open(0), _send(10)])
"""A case that ends while a send waits, which nobody may hear of in the next one."""
SENT = _vector("sent", [_open(10), _send(10), Step(at_us=100), Step(at_us=900_000)])
"""A case in which one frame leaves at once."""


def _decision(machine: str) -> Vector:
    do = {"op": DECIDE, "machine": machine, "input": INPUTS[machine]}
    return _vector(f"decided-{machine}", [Step(at_us=0, do=do)])


def lives_in_virtual_time(command: Sequence[str], deciding: Sequence[str] = ()) -> Check:
    """Play one case, another one, and the first again: the same requests, the same lines.

    `deciding`: the machines of who has nothing else; decisions take the place of sends.
    """
    first_case, other_case, event = SENT, STALLED, "send_ended"
    if deciding:
        first_case, other_case = _decision(deciding[0]), _decision(deciding[-1])
        event = "decided"
    try:
        with VirtualHarness(command) as harness:
            first, _, again = (
                [codec.encode(event) for event in harness.play(case)]
                for case in (first_case, other_case, first_case)
            )
    except HarnessBroken as error:
        return broken(
            NAME,
            str(error),
            "See `stallproof spec virtual`: replies, config, advance, transport.",
        )
    if first != again:
        return broken(
            NAME,
            "The same case brought other events the second time, after another case in between, "
            "in which what was begun was left waiting.",
            "Each 'config' begins a new case: forget connections, sends and timers, and set the "
            "clock to 0.",
        )
    if not any(f'"{event}"'.encode() in line for line in first):
        what = "A decision was asked for" if deciding else "A frame that had room was sent"
        return broken(
            NAME,
            f"{what}, and no {event!r} was said before the next reply.",
            "Whatever a request brings about is said before its reply is written.",
        )
    return sound(NAME, "The same case brings the same events, whatever was played before it.")
