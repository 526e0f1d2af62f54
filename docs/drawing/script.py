"""The rows of a timing diagram: what a vector asks for and expects, by who it happens to.

The intuition: peer, each send, monitor and each stream have a row, and each moment a column. The
columns are equally wide, since what matters are single microseconds beside whole seconds.

The complication: a vector states decisions and no deadlines. The deadline of a send is worked out
from the lock and the send timeout, the stall limit from the lock and the stall timeout, and for a
stream the progress timeout after its last progress. Nothing else is worked out here.

Spec: `spec/vectors/README.md`; `spec/sd.md` (`D`), `spec/sc.md` (`L`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from docs.drawing.progress import chunks_ready, due_of_streams
from stallproof.requirements.knobs import MICROSECONDS, SEND, STALL
from stallproof.requirements.vectors import Vector
from stallproof.requirements.vectors.format import KNOBS

PEER = "peer"
MONITOR = "monitor"
PASSES = "passes"
"""The row of what is asked of the monitor for all connections at once."""
Shape = Literal["asked", "mark", "bad"]


@dataclass(frozen=True)
class Mark:
    """Something that happens at one moment; the script does what is `asked`, the law the rest."""

    at_us: int
    words: str
    shape: Shape


@dataclass(frozen=True)
class Span:
    """From one moment to another; `None`: to the end of the script."""

    begin_us: int
    end_us: int | None
    kind: Literal["queued", "held", "closing"]


@dataclass
class Row:
    """What happens to one party, and which moments it has to watch: `D` and the like."""

    name: str
    marks: list[Mark] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    due: dict[int, str] = field(default_factory=dict)


@dataclass
class Script:
    """A vector as rows, in the order in which they come into it, and its last moment."""

    rows: dict[str, Row] = field(default_factory=dict)
    end_us: int = 0

    def row(self, name: str) -> Row:
        """Return the row `name`, a new one where there is none yet."""
        return self.rows.setdefault(name, Row(name))

    @property
    def moments(self) -> list[int]:
        """Return every moment that gets a column, in order."""
        found = {self.end_us}
        for row in self.rows.values():
            found |= {mark.at_us for mark in row.marks} | row.due.keys()
        return sorted(found)


def script_of(vector: Vector) -> Script:
    """Return the rows of `vector`; a script that only decides or configures has none."""
    script = Script()
    for step in vector.steps:
        if step.do is not None:
            _ask(script, step.at_us, step.do)
        for decision in step.expect:
            _decided(script, decision)
        script.end_us = max([step.at_us, *(each["at_us"] for each in step.expect)])
    _bounds(script, vector)
    _without_connection(script)
    return script


def _without_connection(script: Script) -> None:
    """Leave the connection out of the rows' names where there is only one."""
    connections = {name.partition(": ")[0] for name in script.rows if ": " in name}
    if len(connections) == 1:
        for row in script.rows.values():
            row.name = row.name.rpartition(": ")[2]


_CONNECTION = {"open", "accept", "fail", "close", "received"}
_ASKED = {
    "open": "room: {room_bytes} B",
    "accept": "peer takes {wrote_bytes} B",
    "fail": "{cause}",
    "close": "close is asked",
    "received": "a frame comes",
    "send": "asked: {size_bytes} B",
    "give_up": "to give it up",
    "stream": "asked: {total_bytes} B",
    "ack": "ACK {offset}",
    "cancel": "cancel",
    "monitor": "period {period_us} us",
    "check": "a pass",
    "wall_jump": "wall clock {by_us:+} us",
}
"""What stands at a request; one that is not here belongs to no row."""
_DECIDED = {
    "lock_taken": "takes the lock",
    "written": "writes {wrote_bytes} B",
    "send_ended": "{outcome}",
    "closing": "closing begins",
    "received": "counts as received",
    "checked": "count {count}",
    "warned": "warns {count}/{threshold}",
    "heartbeat_queued": "heartbeat",
    "chunk_begun": "chunk up to {offset}",
    "ack_received": "ACK {taken}",
    "stream_ended": "{outcome}",
    "notice_sent": "notice",
}
_BAD = {"timeout", "closed", "error", "no_progress", "ack_wait", "ack_error", "send_failed"}


def row_of(happening: dict[str, Any]) -> str:
    """Return in which row a request or a decision stands."""
    conn, name = happening.get("conn"), happening.get("op", happening.get("event"))
    if "send" in happening:
        return f"{conn}: send {happening['send']}"
    if "stream" in happening:
        return f"{conn}: stream {happening['stream']}"
    if name in ("check", "monitor", "checked", "warned", "heartbeat_queued"):
        return f"{conn}: {MONITOR}" if conn else PASSES
    if name == "wall_jump":
        return "clock"
    return f"{conn}: {PEER}" if name in ("open", "accept") else f"{conn}: connection"


def _ask(script: Script, at_us: int, do: dict[str, Any]) -> None:
    words = _ASKED.get(do["op"])
    if words is None:
        return
    told = {"room_bytes": "any number of", "total_bytes": "any number of", **do}
    row = script.row(row_of(do))
    row.marks.append(Mark(at_us, words.format(**_short(told)), "asked"))
    if do["op"] == "send":
        row.spans.append(Span(at_us, None, "queued"))


def _short(told: dict[str, Any]) -> dict[str, Any]:
    return {
        name: f"{value[:12]}..." if isinstance(value, str) and len(value) > 15 else value
        for name, value in told.items()
    }


def _decided(script: Script, decision: dict[str, Any]) -> None:
    words = _DECIDED.get(decision["event"])
    if words is None:
        return
    row, at_us = script.row(row_of(decision)), decision["at_us"]
    taken = "counts" if decision.get("accepted") else "changes nothing"
    is_bad = decision.get("outcome") in _BAD or decision["event"] == "closing"
    outcome = str(decision.get("outcome", "")).upper()
    told = words.format(**{**decision, "taken": taken, "outcome": outcome})
    row.marks.append(Mark(at_us, told, "bad" if is_bad else "mark"))
    if decision["event"] == "lock_taken":
        _end_last(row, at_us)
        row.spans.append(Span(at_us, None, "held"))
    elif decision["event"] == "send_ended":
        _end_last(row, at_us)
    elif decision["event"] == "closing":
        row.spans.append(Span(at_us, None, "closing"))


def _end_last(row: Row, at_us: int) -> None:
    if row.spans and row.spans[-1].end_us is None:
        row.spans[-1] = Span(row.spans[-1].begin_us, at_us, row.spans[-1].kind)


def _bounds(script: Script, vector: Vector) -> None:
    knobs = {**KNOBS, **vector.knobs}
    bounds = {"D": round(knobs[SEND] * MICROSECONDS)}
    if any(each["event"] == "checked" for step in vector.steps for each in step.expect):
        bounds["L"] = round(knobs[STALL] * MICROSECONDS)
    for row in script.rows.values():
        for span in row.spans:
            if span.kind == "held":
                row.due |= dict(_due_in(span, bounds, script.end_us))
    for (conn, stream), at_us in due_of_streams(vector).items():
        if at_us <= script.end_us:
            script.row(f"{conn}: stream {stream}").due[at_us] = "Tp after progress"
    for conn, stream, at_us in chunks_ready(vector):
        if at_us <= script.end_us:
            row = script.row(f"{conn}: stream {stream}")
            row.marks.append(Mark(at_us, "a chunk is ready", "asked"))


def _due_in(span: Span, bounds: dict[str, int], end_us: int) -> Iterator[tuple[int, str]]:
    for name, bound_us in bounds.items():
        at_us = span.begin_us + bound_us
        if at_us <= end_us:
            yield at_us, "D, the deadline" if name == "D" else "L, the stall limit"
