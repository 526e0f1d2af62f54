"""A script as requests, and what came of them as the run of a trace.

The intuition: a script is played by sending all of its requests at once, since in virtual time
nothing depends on when they arrive; what was said before each reply then belongs to that request.

The use: `script_of` makes the requests of a vector, `run_of` puts them and what was heard together.

The complication: the oracle keeps the clock, and it has to know it without asking. It moves by
`advance` and by late writes; whether a late write took place is the implementation's doing, so the
clock is set anew after each.

Spec: `spec/virtual.md`, `spec/trace.md`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from stallproof.requirements.knobs import DEFAULTS, asked_for, in_force_fault, policy_of_script
from stallproof.requirements.vectors.format import Vector
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.wire import events as ev
from stallproof.wire.events import AnyEvent, AnyImplementationEvent
from stallproof.wire.operations import DECIDE, ConfigRequest
from stallproof.wire.protocol import Hello
from stallproof.wire.request import REFUSAL, VIRTUAL_TIME


@dataclass(slots=True)
class Request:
    """One request of a script: its fields without the id, and the virtual time before and after.

    `is_asked_for`: a configuration that is itself what the script is about (group CF).
    """

    fields: dict[str, Any]
    at_us: int
    done_us: int
    is_told: bool = True
    is_asked_for: bool = False


@dataclass(slots=True)
class Heard:
    """What was heard of one request: the events before its reply, and the reply."""

    events: list[AnyImplementationEvent]
    reply: dict[str, Any]


@dataclass(slots=True)
class Script:
    """The requests of one vector, the knobs that they are played with, and when the clock stops."""

    requests: list[Request]
    knobs: dict[str, Any]
    ended_us: int


def is_about_configurations(vector: Vector) -> bool:
    """Tell whether the steps of `vector` are configurations (group CF)."""
    return any(step.do is not None and step.do["op"] == "config" for step in vector.steps)


def only_decides(vector: Vector) -> bool:
    """Tell whether every request of `vector` is for a decision, which rests on no knob."""
    ops = {step.do["op"] for step in vector.steps if step.do is not None}
    return ops == {DECIDE}


def script_of(vector: Vector, features: Collection[str]) -> Script:
    """Return the requests of `vector` for an implementation that declares `features`."""
    if is_about_configurations(vector):
        asked = [
            Request(_configuration(s.do), 0, 0, is_asked_for=True) for s in vector.steps if s.do
        ]
        return Script(asked, {}, 0)
    knobs: dict[str, Any] = {}
    if not only_decides(vector):
        knobs = asked_for({**DEFAULTS, **vector.knobs}, features)
    config = {"op": "config", "knobs": knobs, "environment": {}}
    requests = [Request(config, 0, 0, is_told=False)]
    clock_us, is_sure = 0, True
    for step in vector.steps:
        if step.at_us > clock_us or not is_sure:
            advance = {"op": "advance", "to_us": step.at_us}
            requests.append(Request(advance, clock_us, step.at_us))
        clock_us, is_sure = step.at_us, True
        if step.do is not None:
            late_us = int(step.do.get("late_us", 0)) if step.do["op"] == "accept" else 0
            requests.append(Request(dict(step.do), clock_us, clock_us + late_us))
            clock_us, is_sure = clock_us + late_us, not late_us
    return Script(requests, knobs, clock_us)


def _configuration(do: dict[str, Any]) -> dict[str, Any]:
    """Return the request of a configuration; no file at all is the empty one."""
    return {"environment": {}, **do, "file": "{}" if do.get("file") is None else do["file"]}


def lacking(vector: Vector, hello: Hello) -> list[str]:
    """Return what `vector` takes and the implementation does not declare."""
    return [one for one in (VIRTUAL_TIME, *vector.needs) if one not in hello.features]


def begun(vector: Vector, name: str | None, repetition: int) -> ev.ScenarioBegun:
    """Return the first event of a run of `vector`, under its own name if `name` is `None`."""
    return ev.ScenarioBegun(
        at_us=0,
        name=vector.name if name is None else name,
        repetition=repetition,
        requirements=list(vector.requirements),
        policy={} if is_about_configurations(vector) else policy_of_script(vector.knobs),
        grace_us=0,
        clock="virtual",
    )


def unsupported_run(begin: ev.ScenarioBegun, missing: Sequence[str]) -> list[AnyEvent]:
    """Return the run of a script that takes features which are declared missing."""
    lacking = [ev.Unsupported(at_us=0, feature=feature) for feature in missing]
    return [begin, *lacking, ev.ScenarioEnded(at_us=0, noise_us=0)]


def broken_run(begin: ev.ScenarioBegun, error: HarnessBroken) -> list[AnyEvent]:
    """Return the run of a script in which the harness broke: nothing in it is judged."""
    failed = ev.HarnessFailed(at_us=0, what=error.what, detail=error.detail)
    return [begin, failed, ev.ScenarioEnded(at_us=0, noise_us=0)]


def run_of(begin: ev.ScenarioBegun, script: Script, heard: Sequence[Heard]) -> list[AnyEvent]:
    """Return the run: each request, what was said of it, and its reply, in the order of the play.

    Ids count from 1 in each run, so that equal plays are equal runs. A plain request that was not
    carried out is the harness's failure, and the run ends there.
    """
    run: list[AnyEvent] = [begin]
    at_us = 0
    for number, (request, one) in enumerate(zip(script.requests, heard, strict=True), start=1):
        at_us = request.done_us
        if request.is_told:
            run += _told(number, request, one)
        fault = _fault(request, one.reply, script)
        if fault is not None:
            run.append(ev.HarnessFailed(at_us=at_us, what="protocol", detail=fault))
            break
    run.append(ev.ScenarioEnded(at_us=at_us, noise_us=0))
    return run


def _told(number: int, request: Request, heard: Heard) -> list[AnyEvent]:
    fields, reply = request.fields, heard.reply
    if request.is_asked_for:
        return [_configuration_asked(number, fields), *heard.events, _answer(number, reply)]
    return [
        ev.requested(fields, at_us=request.at_us, number=number),
        *heard.events,
        ev.Answered(
            at_us=request.done_us, id=number, op=fields["op"],
            error=None if reply["ok"] else reply["error"], message=reply.get("message"),
        ),
    ]  # fmt: skip


def _fault(request: Request, reply: dict[str, Any], script: Script) -> str | None:
    """Say why the case cannot go on after `reply`, `None` if it can."""
    if request.is_asked_for:
        return None
    op = request.fields["op"]
    if not reply["ok"]:
        why = reply.get("message") or "no reason was given"
        said = f"it answered {reply['error']!r} to {op!r} ({why})"
        return f"The harness declared all that this script needs, and then {said}."
    return in_force_fault(script.knobs, reply.get("effective")) if op == "config" else None


def _configuration_asked(number: int, fields: dict[str, Any]) -> ev.ConfigurationAsked:
    told = ("file", "environment", "grace_us", "outer_timeouts_us", "margin_us")
    asked = {name: fields[name] for name in told if name in fields}
    # The protocol's own default, which a request that leaves it out stands for.
    asked.setdefault("grace_us", 50_000)
    return ev.ConfigurationAsked(at_us=0, id=number, case=f"configuration {number}", **asked)


def _answer(number: int, reply: dict[str, Any]) -> ev.ConfigurationAnswered:
    """Return the reply to a configuration as an event; raises `HarnessBroken` for what is none."""
    told: dict[str, Any] = {"error": None if reply["ok"] else reply["error"]}
    if reply["ok"]:
        told |= {name: reply[name] for name in ConfigRequest.answers if name in reply}
        # A configuration in force without its values is no answer at all.
        told.setdefault("effective", None)
    else:
        told |= {"message": reply.get("message"), **{n: reply.get(n) for n in REFUSAL}}
    try:
        return msgspec.convert({"at_us": 0, "id": number, **told}, ev.ConfigurationAnswered)
    except msgspec.ValidationError as error:
        detail = f"The harness's answer to 'config' is not valid: {error}."
        raise HarnessBroken("protocol", detail) from error
