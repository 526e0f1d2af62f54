"""A naive player of scripts: it asks the naive models what each step brings, and writes it down.

It knows nothing of the oracle's own statement of the law, nor of the machines. A connection is a
`NaiveConnection` with a pile of sends that nobody has served yet, a stream is a `NaiveStream` that
is looked at again and again. Nothing is remembered that can be looked up anew.

Use: `Script(knobs).play(step)` for one step after the other returns the decisions of each.
Spec: `spec/virtual.md`, `spec/vectors/README.md`.
"""

import importlib
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from stallproof.requirements.vectors.format import KNOBS, Step
from tests.models.connection import NaiveConnection
from tests.models.script_line import HARMLESS, WORSE, Line
from tests.models.script_source import Source
from tests.models.send_deadline import Entry
from tests.models.stall_count import NaiveMonitor
from tests.models.stream import NaiveStream

Decision = dict[str, Any]


def microseconds(seconds: float) -> int:
    """Return what a knob in seconds is inside: the nearest microsecond."""
    return round(Fraction(str(seconds)) * 10**6)


class Script:
    """One case, played step by step."""

    def __init__(self, knobs: Mapping[str, Any]) -> None:
        self.knobs = {**KNOBS, **knobs}
        self.now_us = 0
        self.lines: list[Line] = []
        self.sources: list[Source] = []
        self.period: tuple[int, int] | None = None
        """The moment of the last pass, or of the start, and the time between two."""
        self.told: list[Decision] = []

    def us(self, knob: str) -> int:
        return microseconds(self.knobs[knob])

    def play(self, step: Step) -> list[Decision]:
        """Return the decisions since the step before, those of this request included."""
        self.told = []
        self.pass_time(step.at_us)
        if step.do is not None:
            fields = dict(step.do)
            getattr(self, "do_" + fields.pop("op"))(**fields)
            self.pass_time(self.now_us)
        return self.told

    def tell(self, event: str, conn: str, **fields: Any) -> None:
        self.told.append({"event": event, "at_us": self.now_us, "conn": conn, **fields})

    # --- time -------------------------------------------------------------------------------------

    def moments(self) -> list[int]:
        """Return when something happens by itself, as things stand."""
        found = [source.moment() for source in self.sources]
        if self.period is not None:
            found.append(self.period[0] + self.period[1])
        for line in self.lines:
            send = line.model.current()
            found.append(line.lets_go())
            if send is not None and line.shut_us is None:
                found.append(send.locked_us + send.timeout_us)
        return [at_us for at_us in found if at_us is not None]

    def pass_time(self, to_us: int) -> None:
        """Go from one moment to the next, up to `to_us` and with it."""
        while (next_us := min(self.moments(), default=to_us + 1)) <= to_us:
            self.now_us = max(self.now_us, next_us)
            if self.period is not None and sum(self.period) <= self.now_us:
                self.period = (self.now_us, self.period[1])
                self.do_check()
            for line in self.lines:
                send, free_us = line.model.current(), line.lets_go()
                if free_us is not None and free_us <= self.now_us:
                    self.happen(line, Entry(self.now_us, 0, closing=True))
                elif (
                    free_us is None
                    and send is not None
                    and self.now_us - send.locked_us >= send.timeout_us
                ):
                    self.happen(line, Entry(self.now_us, 0, closing=False))
            for source in self.sources:
                self.follow(source, source.go_on(self.now_us))
        self.now_us = max(self.now_us, to_us)

    # --- connections ------------------------------------------------------------------------------

    def line(self, conn: str) -> Line:
        """Return the connection that has this name now."""
        return [line for line in self.lines if line.name == conn][-1]

    def do_open(
        self,
        conn: str,
        room_bytes: int | None = None,
        heartbeats: bool = True,
        linger_us: int = 0,
        **_: Any,
    ) -> None:
        monitor = NaiveMonitor(
            self.us("sfm_send_stall_timeout"),
            self.knobs["sfm_send_stall_consecutive_checks"],
            self.knobs["sfm_close_stalled_connection"],
        )
        model = NaiveConnection(
            self.us("streaming_send_timeout"), self.us("heartbeat_interval"), monitor, heartbeats
        )
        self.lines.append(Line(conn, room_bytes, model, linger_us))

    def do_send(self, conn: str, send: int, size_bytes: int) -> None:
        line = self.line(conn)
        line.waiting.append((send, size_bytes))
        self.serve(line)

    def serve(self, line: Line) -> None:
        """Give the lock to whoever waits, in their order, as long as nobody has it."""
        while line.waiting and line.model.current() is None:
            number, size_bytes = line.waiting.pop(0)
            over = line.model.lock(size_bytes, self.now_us)
            line.numbers[line.model.attempts] = number
            if over is not None:
                self.tell("send_ended", line.name, send=number, outcome=over, raised=False)
                continue
            self.tell("lock_taken", line.name, send=number)
            self.write(line)

    def write(self, line: Line, late_us: int = 0) -> None:
        """Let the holder of the lock, if there is one, write what there is room for."""
        send = line.model.current()
        if send is None:
            return
        trouble, line.trouble = line.trouble, None
        if trouble is not None and trouble not in HARMLESS:
            failure = WORSE.get(trouble, "error")
            self.happen(line, Entry(self.now_us, 0, closing=False, failure=failure))
            return
        left = send.size_bytes - send.written_bytes()
        wrote = left if line.room is None else min(left, line.room)
        if wrote:
            if line.room is not None:
                line.room -= wrote
            began_us, self.now_us = self.now_us, self.now_us + late_us
            number = line.numbers[line.model.numbers[-1]]
            self.tell("written", line.name, send=number, began_us=began_us, wrote_bytes=wrote)
            self.happen(line, Entry(self.now_us, wrote, closing=False))

    def happen(self, line: Line, entry: Entry) -> None:
        """Write an entry into the diary of the send in flight, and say what came of it."""
        send, number = line.model.current(), line.numbers[line.model.numbers[-1]]
        assert send is not None
        ending = line.model.look(entry)
        if ending is None:
            return
        outcome, begins_closing = ending
        if send.locked_us == self.now_us and not send.written_bytes():
            # A lock that brought nothing need not be said, and a vector leaves it out.
            lock = {"event": "lock_taken", "at_us": self.now_us, "conn": line.name, "send": number}
            self.told = [one for one in self.told if one != lock]
        raised = outcome in ("timeout", "closed", "error")
        self.tell("send_ended", line.name, send=number, outcome=outcome, raised=raised)
        if begins_closing:
            self.tell("closing", line.name)
            self.end_streams(line)
        self.serve(line)

    def cut_off(self, line: Line) -> None:
        """Closing has begun: whoever is in flight ends, and so do those who wait."""
        self.tell("closing", line.name)
        line.shut_us = self.now_us
        if line.model.current() is not None and not line.linger_us:
            self.happen(line, Entry(self.now_us, 0, closing=True))
        self.end_streams(line)
        self.serve(line)

    def do_accept(self, conn: str, wrote_bytes: int, late_us: int = 0) -> None:
        line = self.line(conn)
        if line.room is not None:
            line.room += wrote_bytes
        self.write(line, late_us)

    def do_fail(self, conn: str, cause: str) -> None:
        line = self.line(conn)
        line.trouble = cause
        self.write(line)

    def do_give_up(self, conn: str, send: int) -> None:
        line = self.line(conn)
        for waiting in [one for one in line.waiting if one[0] == send]:
            line.waiting.remove(waiting)
            self.tell("send_ended", conn, send=send, outcome="given_up", raised=False)
        if line.model.current() is not None and line.numbers[line.model.numbers[-1]] == send:
            self.happen(line, Entry(self.now_us, 0, closing=False, unwanted=True))

    def do_close(self, conn: str) -> None:
        line = self.line(conn)
        if not line.model.closings:
            line.model.closings.append("close")
            self.cut_off(line)

    def do_received(self, conn: str) -> None:
        line = self.line(conn)
        line.model.heard.append(self.now_us)
        if not line.model.closings:
            self.tell("received", conn)

    # --- the monitor ------------------------------------------------------------------------------

    def do_monitor(self, period_us: int | None) -> None:
        self.period = None if period_us is None else (self.now_us, period_us)

    def do_wall_jump(self, by_us: int) -> None:
        """Nothing that is looked at here hangs on a wall."""

    def do_decide(self, machine: str, input: dict[str, Any]) -> None:
        decision = importlib.import_module(f"tests.models.{machine}").decision(**input)
        event = {"event": "decided", "machine": machine, "input": input, "decision": decision}
        self.told.append({**event, "at_us": self.now_us})

    def do_check(self) -> None:
        threshold = self.knobs["sfm_send_stall_consecutive_checks"]
        for line in self.lines:
            if line.model.closings:
                continue
            count, closes, heartbeat = line.model.check(self.now_us)
            held_us = line.model.monitor.looks[-1].held_us
            self.tell("checked", line.name, stall_us=held_us, count=count)
            if count:
                self.tell("warned", line.name, count=count, threshold=threshold)
            if heartbeat:
                self.tell("heartbeat_queued", line.name)
            if closes:
                self.cut_off(line)

    # --- streams ----------------------------------------------------------------------------------

    def end_streams(self, line: Line) -> None:
        """Nothing goes over a connection that closes: its streams are over."""
        for source in self.sources:
            if source.conn == line.name:
                source.model.stop("send_failed")
                self.follow(source, source.news(self.now_us))

    def do_stream(self, conn: str, stream: int, total_bytes: int, **pauses: Any) -> None:
        model = NaiveStream(
            total_bytes,
            self.knobs["streaming_window_size"],
            self.us("streaming_ack_progress_timeout"),
            self.us("streaming_ack_wait"),
            max(self.us("streaming_ack_progress_check_interval"), 10_000),
            self.now_us,
        )
        chunk_bytes = self.knobs["streaming_chunk_size"]
        self.sources.append(Source(conn, stream, model, chunk_bytes, **pauses))

    def follow(self, source: Source, news: list[tuple[str, Any]]) -> None:
        """Say what became of a stream."""
        for event, value in news:
            field = {} if event == "notice_sent" else {source.FIELDS[event]: value}
            self.tell(event, source.conn, stream=source.number, **field)

    def do_ack(
        self,
        conn: str,
        stream: int,
        offset: Any,
        origin: str | None = None,
        error: str | None = None,
    ) -> None:
        source = next(one for one in self.sources if one.number == stream)
        believed = source.model.ack(
            offset, from_receiver=origin is None, error=error is not None, now_us=self.now_us
        )
        if believed:
            source.looked_us = self.now_us
        self.tell("ack_received", conn, stream=stream, accepted=believed)
        self.follow(source, source.news(self.now_us))

    def do_cancel(self, conn: str, stream: int) -> None:
        source = next(one for one in self.sources if one.number == stream)
        source.model.stop("cancelled")
        self.follow(source, source.news(self.now_us))
