"""One stream in adversarial surroundings, and the searcher's own account of what happened.

At each instant anything can happen that small numbers allow: the sender looks, with a chunk ready;
it begins a chunk of any size after a look that said so; an ACK of any offset arrives, true or not,
from the receiver or from somebody else, and its clock may have been read a moment before; the
surroundings end the stream; or time passes. Nobody is punctual: a look may come long after it was
due, or never.

Absolute time and the bytes sent are bounded. Time passes in ticks of `tick_us`; policies whose
limits are 1 us longer than whole ticks put the last microsecond before a due moment on a tick.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from proofs.search.breadth import World
from proofs.search.connection_states import every_field
from proofs.search.laws import Law
from stallproof.machines import ack_progress
from stallproof.machines import stream as streams
from stallproof.machines.policy import Policy
from stallproof.machines.states import state
from stallproof.machines.stream import (
    AckVerdict,
    AwaitAck,
    BeginChunk,
    Look,
    Stream,
    StreamOutcome,
    StreamOver,
)

LOOK, CHUNK, ACK, STOP, TIME = "look", "chunk begins", "ACK", "stop", "time passes"
STOPS = (
    StreamOutcome.DONE,
    StreamOutcome.ACK_ERROR,
    StreamOutcome.SEND_FAILED,
    StreamOutcome.CANCELLED,
)
NO_INTEGERS: tuple[object, ...] = (None, True, 1.0, "1")


@dataclass(frozen=True)
class StreamSetting:
    """One bound; `early_ticks`: how long before now the clock of another thread may be read."""

    name: str
    policy: Policy
    seed: bool
    tick_us: int
    horizon: int
    sent_max: int
    early_ticks: int = 0


@state
class StreamRecord:
    """The naive account of a stream, kept from the events and from what the sender was told."""

    sent: int = 0
    acked: int = 0
    progress_us: int = 0
    wait_us: int | None = None
    outcome: StreamOutcome | None = None
    may_begin: bool = False


@state
class StreamMoment:
    """A state of the search: the machine, the account and the time."""

    setting: StreamSetting
    stream: Stream
    record: StreamRecord
    now_us: int


_STREAM, _RECORD = every_field(Stream), every_field(StreamRecord)


@state
class StreamEvent:
    """What happens: `amount` is the size of a chunk, `raw` the offset as the ACK names it."""

    kind: str
    at_us: int
    amount: int = 0
    raw: object = None
    mine: bool = True
    outcome: StreamOutcome | None = None


@state
class StreamMove:
    """One event, what was told, and the machine and the account before and after it."""

    before: StreamMoment
    event: StreamEvent
    look: Look | None
    verdict: AckVerdict | None
    after: StreamMoment


Answer = tuple[Stream, Look | None, AckVerdict | None]


class StreamWorld(World[StreamMoment, StreamEvent, StreamMove]):
    """One stream under one setting."""

    def __init__(self, setting: StreamSetting, laws: Mapping[str, Law]) -> None:
        self.setting, self.laws = setting, laws
        self._events: dict[tuple[int, int, bool], tuple[StreamEvent, ...]] = {}

    def start(self) -> StreamMoment:
        """Return a stream that was made late enough for a clock that is read early."""
        now_us = self.setting.tick_us * max(1, self.setting.early_ticks)
        made = ack_progress.on_made(seed=self.setting.seed, now_us=now_us)
        return StreamMoment(self.setting, made, StreamRecord(progress_us=now_us), now_us)

    def key(self, state: StreamMoment) -> Hashable:
        """Return all that can differ between two states of this setting."""
        return state.now_us, _RECORD(state.record), _STREAM(state.stream)

    def events(self, state: StreamMoment) -> Iterable[StreamEvent]:
        """Return all that can happen now."""
        record = state.record
        what = state.now_us, record.sent, record.may_begin
        # The same few things are open in many states.
        found = self._events.get(what)
        if found is None:
            found = self._events[what] = tuple(self._events_of(*what))
        return found

    def _events_of(self, now_us: int, sent: int, may_begin: bool) -> Iterator[StreamEvent]:
        setting = self.setting
        if now_us < setting.horizon * setting.tick_us:
            yield StreamEvent(TIME, now_us)
        clocks = [now_us - early * setting.tick_us for early in range(setting.early_ticks + 1)]
        for at_us in clocks:
            yield StreamEvent(LOOK, at_us)
        if may_begin:
            for size in range(1, setting.policy.chunk_bytes + 1):
                if sent + size <= setting.sent_max:
                    yield StreamEvent(CHUNK, now_us, size)
        for at_us in clocks:
            for offset in range(-1, sent + 2):
                yield StreamEvent(ACK, at_us, raw=offset)
        for raw in NO_INTEGERS:
            yield StreamEvent(ACK, now_us, raw=raw)
        for offset in (0, sent):
            yield StreamEvent(ACK, now_us, raw=offset, mine=False)
        for outcome in STOPS:
            yield StreamEvent(STOP, now_us, outcome=outcome)

    def answer(self, state: StreamMoment, event: StreamEvent) -> Answer:
        """Take the step of the real machine; time by itself is no step of it."""
        kind, stream, policy = event.kind, state.stream, self.setting.policy
        if kind == ACK:
            offset = streams.offset_of(event.raw)
            after, verdict = ack_progress.on_ack(
                stream, offset, from_receiver=event.mine, now_us=event.at_us
            )
            return after, None, verdict
        if kind == LOOK:
            after, look = ack_progress.on_look(policy, stream, now_us=event.at_us)
            return after, look, None
        if kind == CHUNK:
            return ack_progress.on_chunk_begun(policy, stream, event.amount), None, None
        if kind == STOP:
            assert event.outcome is not None
            return ack_progress.on_stop(stream, event.outcome), None, None
        return stream, None, None

    def move(self, state: StreamMoment, event: StreamEvent, answer: Answer) -> StreamMove:
        """Return the move; the account takes note of the event and of what the sender was told."""
        stream, look, verdict = answer
        now_us = state.now_us + self.setting.tick_us if event.kind == TIME else state.now_us
        record = _noted(self.setting, state.record, event, look)
        after = state
        if stream is not state.stream or record is not state.record or now_us != state.now_us:
            after = StreamMoment(self.setting, stream, record, now_us)
        return StreamMove(state, event, look, verdict, after)

    def decisions(self, move: StreamMove) -> tuple[str, ...]:
        """Return what the sender, or whoever brought the ACK, was told."""
        if move.verdict is not None:
            return (f"ACK: {move.verdict.value}",)
        look = move.look
        if look is None:
            outcome = move.after.stream.outcome
            stops = move.event.kind == STOP and outcome is not None
            return (f"stop: {outcome.value}",) if stops and outcome else ()
        if isinstance(look, BeginChunk):
            return ("look: begin",)
        if isinstance(look, AwaitAck):
            return ("look: wait",)
        already = "already " if move.before.record.outcome is not None else ""
        return (f"look: {already}{look.outcome.value}",)

    def event_words(self, state: StreamMoment, event: StreamEvent) -> str:
        """Say what happened and when."""
        if event.kind == TIME:
            return f"time passes: {self.setting.tick_us} us"
        whose = "" if event.mine else " from another origin"
        what = {
            LOOK: "the sender looks, with a chunk ready",
            CHUNK: f"a chunk of {event.amount} bytes begins",
            ACK: f"an ACK of {event.raw!r} arrives{whose}",
            STOP: f"the surroundings end the stream ({event.outcome and event.outcome.value})",
        }[event.kind]
        return f"at {event.at_us} us {what}"

    def answer_words(self, move: StreamMove) -> str:
        """Say what was told, and how far the stream then is."""
        if move.event.kind == TIME:
            return ""
        told = list(self.decisions(move))
        if isinstance(move.look, AwaitAck):
            told.append(f"for {move.look.wait_us} us")
        stream = move.after.stream
        told.append(f"sent {stream.sent_bytes}, acknowledged {stream.acknowledged_bytes}")
        return ", ".join(told)


def true_offset(record: StreamRecord, event: StreamEvent) -> int | None:
    """Return the offset of an ACK that can be true, by the law's words; `None` for any other."""
    if not event.mine or record.outcome is not None or type(event.raw) is not int:
        return None
    return event.raw if 0 <= event.raw <= record.sent else None


def _noted(
    setting: StreamSetting, record: StreamRecord, event: StreamEvent, look: Look | None
) -> StreamRecord:
    sent, acked, progress_us, wait_us, outcome, may_begin = _RECORD(record)
    if outcome is not None:
        return record
    kind = event.kind
    if kind == ACK:
        offset = true_offset(record, event)
        if offset is None or offset <= acked:
            return record
        latest_us = max(progress_us, event.at_us)
        return StreamRecord(sent, offset, latest_us, wait_us, outcome, may_begin)
    if kind == LOOK:
        if isinstance(look, StreamOver):
            return StreamRecord(sent, acked, progress_us, None, look.outcome, False)
        waits = sent - acked > setting.policy.window_bytes
        began_us = event.at_us if wait_us is None else wait_us
        begins = isinstance(look, BeginChunk)
        return StreamRecord(sent, acked, progress_us, began_us if waits else None, None, begins)
    if kind == CHUNK:
        return StreamRecord(sent + event.amount, acked, progress_us, wait_us, None, False)
    if kind == STOP:
        return StreamRecord(sent, acked, progress_us, None, event.outcome, False)
    return record
