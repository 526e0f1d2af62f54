"""A script for the real clock: what the peer has to do so that a socket does what a room did.

The intuition: in virtual time a send waits when its frame is larger than the room. A kernel holds
much more, so a frame that is to wait is made larger than all that the kernel can hold, and one that
is not to wait is small. Room that lets a send end becomes a peer that reads so many whole frames;
room that does not becomes a peer that reads a little.

The use: `plan_of(vector)` tells both, by the oracle's statement of the law; `unplayable(vector)`
tells why a script cannot be played so.

Spec: `spec/virtual.md`, "The virtual transport".
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from stallproof.judge.model.case import Case
from stallproof.judge.model.connections import ModelConnection
from stallproof.judge.model.expected import asked_of
from stallproof.judge.model.frames import Frame
from stallproof.requirements.knobs import KNOBS, PROGRESS, SEND, STALL, policy_of_script
from stallproof.requirements.vectors.format import Vector

SMALL_BYTES_MAX = 2048
"""A frame that is not to wait has no more than this, so that a few of them fit into any buffer."""
SMALL_BYTES_MIN = 8
"""A frame has at least so many, so that the peer can read off whose it is (`spec/protocol.md`)."""
SMALL_MAX = 16
LITTLE_BYTES = 32 * 1024
"""What the peer reads for room that lets no send end."""
LONGEST_US = 20_000_000
BOUND_MIN_US = 100_000
BLOCK_BYTES = 8
"""Chunks begin at a multiple of this in a stream (`spec/protocol.md`)."""
REFUSES = {"EPIPE": "unix", "ECONNRESET": "tcp"}
"""The failures that a peer can bring about, each by the transport that it takes."""


@dataclass(slots=True)
class Plan:
    """What the law makes of a script, as far as the peer needs it.

    `waits`: the steps that ask for a send that has to wait. `lets_go`: how many whole frames the
    peer has to read at a step for a send to end. `moves`: how often room comes to a connection.
    """

    waits: set[int] = field(default_factory=set)
    lets_go: dict[int, int] = field(default_factory=dict)
    moves: dict[str, int] = field(default_factory=dict)


def plan_of(vector: Vector) -> Plan:
    """Return the plan of a script that `unplayable` has nothing against."""
    case, plan = Case(policy_of_script(vector.knobs)), Plan()
    asked_for: list[tuple[int, Frame]] = []
    read: dict[int, int] = {}
    for number, step in enumerate(vector.steps):
        case.ask(asked_of(step, number))
        do = step.do or {}
        connection = case.connections.get(str(do.get("conn")))
        if connection is None:
            continue
        if do["op"] == "send":
            asked_for.append((number, connection.frames[do["send"]]))
        elif do["op"] == "accept":
            plan.moves[connection.name] = plan.moves.get(connection.name, 0) + 1
            done = _done(connection)
            if any(one.ended_us == case.now_us for one in done) and connection.room is not None:
                plan.lets_go[number] = len(done) - read.get(id(connection), 0)
                read[id(connection)] = len(done)
    case.advance(case.now_us + LONGEST_US)
    for number, frame in asked_for:
        if frame.lock_us >= 0 and frame.ended_us != frame.lock_us:
            plan.waits.add(number)
    return plan


def _done(connection: ModelConnection) -> list[Frame]:
    return [frame for frame in connection.frames.values() if frame.outcome == "ok"]


def unplayable(vector: Vector) -> str | None:
    """Return why `vector` cannot be played on the real clock; `None` if it can."""
    return next(_reasons(vector), None)


def _reasons(vector: Vector) -> Iterator[str]:
    policy = policy_of_script(vector.knobs)
    for knob in (SEND, STALL, PROGRESS):
        if policy[KNOBS[knob].field] < BOUND_MIN_US:
            yield f"{knob} is too short for a real clock"
    if policy["heartbeat_interval_us"] % 1_000_000:
        yield "heartbeat_interval is no whole number of seconds"
    if vector.steps and vector.steps[-1].at_us > LONGEST_US:
        yield f"it lasts for longer than {LONGEST_US // 1_000_000} s"
    ops = [step.do["op"] for step in vector.steps if step.do is not None]
    if ops.count("send") > SMALL_MAX:
        yield "it has too many sends for the buffers of a socket"
    if "monitor" in ops and ("check" in ops or ops.count("monitor") > 1):
        yield "the rules take one schedule of the monitor, or single checks"
    dead: set[str] = set()
    names: set[str] = set()
    for step in vector.steps:
        do = step.do or {"op": "advance"}
        conn = str(do.get("conn"))
        if do["op"] == "config":
            yield "it asks for configurations, which the scenarios of group CF do"
        if do.get("late_us"):
            yield "no peer can make a write return late"
        if do.get("linger_us"):
            yield "no kernel can be told for how long it lingers"
        if do["op"] == "fail" and do["cause"] not in REFUSES:
            yield f"no peer can make a write fail with {do['cause']}"
        if conn in dead and do["op"] not in ("close", "send"):
            yield "no peer can bring a connection back that it has refused"
        if do["op"] == "fail":
            dead.add(conn)
        if do["op"] == "open" and conn in names:
            yield "it opens a connection by the name of another one"
        if do["op"] == "open":
            names.add(conn)
