"""The checks of one step of a vector: its moment, what is asked for, what is expected.

Spec: `spec/vectors/README.md`, `spec/virtual.md`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from stallproof.requirements.vectors.canonical import FIELDS
from stallproof.wire.events import DECISIVE, IMPLEMENTATION
from stallproof.wire.operations import OPERATIONS

VIRTUAL = "virtual"
"""The transport of every connection of a script; on the real clock its player takes sockets."""
FIELDS_OF_STEPS = ("at_us", "do", "expect", "answer")
TIME_MAX_US = 2**53 - 1
"""The greatest integer that every reader of JSON keeps."""


def step_problems(step: Any, earliest_us: int) -> Iterator[str]:
    """Yield what is wrong with `step`, before which the clock stands at `earliest_us`."""
    if not isinstance(step, dict):
        yield "not an object"
        return
    for field in step:
        if field not in FIELDS_OF_STEPS:
            yield f"{field}: a step has no such field"
    at_us: Any = step.get("at_us")
    if not _is_time(at_us):
        yield f"at_us: {at_us!r} is no time in whole microseconds"
        return
    if at_us < earliest_us:
        yield f"at_us: {at_us} lies before {earliest_us}, where the clock stands already"
    do = step.get("do")
    if do is not None:
        yield from _request_problems(do)
    config = do is not None and do["op"] == "config"
    if config and not isinstance(step.get("answer"), dict):
        yield "answer: what the configuration is to be answered with is missing"
    if not config and step.get("answer") is not None:
        yield "answer: only a `config` step has one"
    if config and step.get("expect"):
        yield "expect: a `config` step has an answer instead"
    latest_us = at_us + (do.get("late_us", 0) if do and do["op"] == "accept" else 0)
    yield from _expectation_problems(step.get("expect", []), earliest_us, latest_us)


def _is_time(value: Any) -> bool:
    return type(value) is int and 0 <= value <= TIME_MAX_US


def _request_problems(do: Any) -> Iterator[str]:
    if not isinstance(do, dict):
        yield "do: not an object"
        return
    op = do.get("op")
    if not isinstance(op, str) or op not in FIELDS:
        yield f"do.op: {op!r} is no operation of the protocol"
        return
    if not OPERATIONS[op].in_vectors:
        yield f"do.op: {op} is asked for by the player, not by a script"
    if "id" in do:
        yield "do.id: the player gives requests their numbers"
    known = {field.name for field in FIELDS[op]} - {"id"}
    for field in do:
        if field not in known | {"op", "id"}:
            yield f"do.{field}: {op} has no such field"
    for field in FIELDS[op]:
        if field.required and field.name not in do and field.name != "id":
            yield f"do.{field.name}: {op} needs this field"
    if op == "open" and do.get("transport") != VIRTUAL:
        yield f"do.transport: a script opens {VIRTUAL} connections only"
    try:
        # By its own class: what a union is made of would be worked out for each request anew.
        msgspec.convert({"id": 0, **do}, OPERATIONS[op])
    except msgspec.ValidationError as error:
        yield f"do: {error}"


def _expectation_problems(expect: Any, earliest_us: int, latest_us: int) -> Iterator[str]:
    if not isinstance(expect, list):
        yield "expect: not a list"
        return
    for number, decision in enumerate(expect):
        for problem in _decision_problems(decision):
            yield f"expect {number}: {problem}"
        at_us = decision["at_us"]
        if at_us < earliest_us:
            yield f"expect {number}: at_us: {at_us} lies before {earliest_us}, the step before"
        if at_us > latest_us:
            yield f"expect {number}: at_us: {at_us} lies after {latest_us}, the end of the step"
        if number and at_us < expect[number - 1]["at_us"]:
            yield f"expect {number}: at_us: {at_us} is earlier than the decision before it"


def _decision_problems(decision: Any) -> Iterator[str]:
    """Yield what is wrong with one decision, whatever its time."""
    if not isinstance(decision, dict):
        yield "not an object"
        return
    event = decision.get("event")
    if not isinstance(event, str) or event not in DECISIVE:
        yield f"event: {event!r} is no decision; these are: {', '.join(DECISIVE)}"
        return
    for field in ("at_us", *DECISIVE[event]):
        if field not in decision:
            yield f"{field}: {event} needs this field"
    for field in decision:
        if field not in ("event", "at_us", *DECISIVE[event]):
            yield f"{field}: this does not count for {event}"
    if not _is_time(decision["at_us"]):
        yield f"at_us: {decision['at_us']!r} is no time in whole microseconds"
    yield from _type_problems(decision)


def _type_problems(decision: Mapping[str, Any]) -> Iterator[str]:
    # What an ACK said is no decision, but the event cannot be without it.
    unsaid = {"offset": None} if decision["event"] == "ack_received" else {}
    try:
        msgspec.convert({**decision, **unsaid}, IMPLEMENTATION[decision["event"]])
    except msgspec.ValidationError as error:
        yield str(error)
