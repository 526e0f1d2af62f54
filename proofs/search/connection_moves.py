"""The connection in adversarial surroundings, and the searcher's own account of what happened.

At each instant anything can happen that small numbers allow: a sender takes the free lock for a
frame of any size, the holder writes any number of the bytes left and looks at the clock, the
transport fails it, somebody closes, the monitor checks, a frame arrives, or time passes. Nobody is
punctual: the holder may step long after its deadline, and the clock of the monitor's thread, as of
the receiving one, may have been read a moment before.

Absolute time is bounded, and nothing is made relative or clamped. The number of sends is bounded;
checks are not, but that one stall is not counted further than one beyond the threshold.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import NamedTuple

from proofs.assumptions import guards
from proofs.search import connection_words
from proofs.search.breadth import World
from proofs.search.connection_states import (
    ACCOUNT,
    CHECK,
    CLOSE,
    FAILURE,
    FRAME,
    LOCK,
    STEP,
    TIME,
    Event,
    Moment,
    Move,
    Record,
    Setting,
    key_of,
)
from proofs.search.laws import Law
from stallproof.machines import connection
from stallproof.machines.connection import NOTHING, Connection, Effects
from stallproof.machines.send_deadline import End, Failure, Outcome

# That the lock cannot be taken while it is held, and that nobody but its holder steps, are
# preconditions: they are looked up before the contracts are taken off.
for _step in ("on_lock_taken", "on_step", "on_failed"):
    guards.remember(connection, _step)


Answer = tuple[Connection, Effects]


class _Open(NamedTuple):
    """What decides which events there are: `left_bytes` is `None` where nobody holds the lock."""

    now_us: int
    time: bool
    left_bytes: int | None
    lock: bool
    check: bool


class ConnectionWorld(World[Moment, Event, Move]):
    """The composed machine under one setting."""

    def __init__(self, setting: Setting, laws: Mapping[str, Law]) -> None:
        self.setting, self.laws = setting, laws
        self._limit_us = setting.policy.stall_timeout_us
        self._events: dict[_Open, tuple[Event, ...]] = {}

    def start(self) -> Moment:
        """Return a new connection, or one that has sent `first_sequence` frames before."""
        fresh = connection.new_connection(heartbeats=self.setting.heartbeats)
        conn = Connection(
            fresh.send, fresh.send_id, fresh.sends, fresh.closed_by, fresh.torn,
            (fresh.sequence + self.setting.first_sequence) % 65536,
            fresh.received_us, fresh.heartbeats, fresh.count,
        )  # fmt: skip
        return Moment(self.setting, conn, Record(), 0)

    def key(self, state: Moment) -> Hashable:
        """Return all that can differ between two states of this setting."""
        return key_of(state)

    def events(self, state: Moment) -> Iterable[Event]:
        """Return all that can happen now."""
        setting, record, now_us = self.setting, state.record, state.now_us
        held = record.holder is not None
        what = _Open(
            now_us,
            now_us < setting.horizon_us and self.may_pass(state),
            record.size_bytes - record.written_bytes if held else None,
            not held and record.sends < setting.sends_max and self.may_lock(state),
            setting.checks and record.streak <= setting.policy.checks_max and self.may_check(state),
        )
        # The same few things are open in many states.
        found = self._events.get(what)
        if found is None:
            found = self._events[what] = tuple(self._events_of(what))
        return found

    def _events_of(self, what: "_Open") -> Iterator[Event]:
        setting, now_us = self.setting, what.now_us
        if what.time:
            yield Event(TIME, now_us)
        if what.left_bytes is not None:
            for wrote in range(what.left_bytes + 1):
                yield Event(STEP, now_us, wrote)
            if setting.failures:
                for failure in Failure:
                    yield Event(FAILURE, now_us, 0, failure)
        elif what.lock:
            for size in setting.sizes:
                yield Event(LOCK, now_us, size)
        if setting.closes:
            yield Event(CLOSE, now_us)
        if what.check:
            for early in range(min(setting.early_us, now_us) + 1):
                yield Event(CHECK, now_us - early)
        if setting.frames:
            for early in range(min(setting.early_us, now_us) + 1):
                yield Event(FRAME, now_us - early)

    def may_pass(self, state: Moment) -> bool:
        """Tell whether time may pass; here nobody is punctual."""
        return True

    def may_lock(self, state: Moment) -> bool:
        """Tell whether a sender may come now."""
        return True

    def may_check(self, state: Moment) -> bool:
        """Tell whether a check may come now."""
        return True

    def checked(self, state: Moment) -> int:
        """Return what to remember of a check for its schedule; here checks have none."""
        return 0

    def answer(self, state: Moment, event: Event) -> Answer:
        """Take the step of the real machine; time by itself is no step of it."""
        kind, conn, now_us = event.kind, state.conn, event.at_us
        if kind == STEP:
            return connection.on_step(conn, event.amount, now_us=now_us)
        if kind == FAILURE:
            assert event.failure is not None
            return connection.on_failed(conn, event.failure, now_us=now_us)
        if kind == CHECK:
            return connection.on_check(self.setting.policy, conn, now_us=now_us)
        if kind == LOCK:
            return connection.on_lock_taken(self.setting.policy, conn, event.amount, now_us=now_us)
        if kind == CLOSE:
            return connection.on_close(conn)
        if kind == FRAME:
            return connection.on_received(conn, now_us=now_us), NOTHING
        return conn, NOTHING

    def move(self, state: Moment, event: Event, answer: Answer) -> Move:
        """Return the move; the account takes note of the event and of what drivers were told."""
        conn, effects = answer
        now_us = state.now_us + 1 if event.kind == TIME else state.now_us
        record = self._noted(state, event, effects)
        after = Moment(self.setting, conn, record, now_us)
        decision = effects.decision
        outcome = decision.outcome if isinstance(decision, End) else None
        return Move(state, event, effects, after, outcome)

    def _noted(self, state: Moment, event: Event, effects: Effects) -> Record:
        kind, decision = event.kind, effects.decision
        if kind == TIME:
            return state.record
        # Taken apart and put together once, whatever happens: done for each move.
        (
            holder, taken_us, size, written, sends, ends, closings, cause, torn, out,
            received_us, streak, seen, checked,
        ) = ACCOUNT(state.record)  # fmt: skip
        if kind == STEP or kind == FAILURE:
            written += event.amount
            if isinstance(decision, End):
                begun = written > 0
                torn = torn or (begun and decision.outcome is not Outcome.OK)
                # What has ended is only in the sums: equal situations are one state.
                holder, taken_us, size, written, ends, out = None, 0, 0, 0, ends + 1, out + begun
        elif kind == CHECK:
            late = holder is not None and event.at_us - taken_us > self._limit_us
            streak = 0 if not late else streak + 1 if seen == holder else 1
            seen, checked = holder, self.checked(state)
        elif kind == LOCK:
            sends += 1
            if cause is None:
                holder, taken_us, size, written = sends, event.at_us, event.amount, 0
            elif isinstance(decision, End):
                ends += 1
        elif kind == FRAME:
            received_us = max(event.at_us, received_us or 0)
        if effects.closes is not None:
            closings += 1
            cause = effects.closes if cause is None else cause
        return Record(
            holder, taken_us, size, written, sends, ends, closings, cause, torn, out,
            received_us, streak, seen, checked,
        )  # fmt: skip

    def decisions(self, move: Move) -> tuple[str, ...]:
        """Return what drivers were told."""
        return connection_words.decisions(move)

    def event_words(self, state: Moment, event: Event) -> str:
        """Say what happened and when."""
        return connection_words.event_words(event)

    def answer_words(self, move: Move) -> str:
        """Say what drivers were told, and what is then in flight."""
        return connection_words.answer_words(move)
