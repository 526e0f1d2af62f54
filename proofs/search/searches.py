"""The searches: which machine, under which settings, by which laws, and what must have happened.

Each search is a handful of small settings rather than one large one, so that each limit is now
shorter and now longer than the others. The settings marked `quick` together reach all that must be
reached, and take a few seconds; the others go on to the stated bound.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from proofs.search import agreement, check_laws, sending_laws, stream_laws, stream_moves
from proofs.search import connection_states as states
from proofs.search.agreement import Agreement, AgreementWorld
from proofs.search.breadth import World
from proofs.search.connection_moves import ConnectionWorld
from proofs.search.connection_states import Setting
from proofs.search.laws import Law
from proofs.search.stream_moves import StreamSetting, StreamWorld
from stallproof.machines.close_window import Gaps, Ticks
from stallproof.machines.connection import Cause
from stallproof.machines.policy import CHECK_INTERVAL_MIN_US, Policy
from stallproof.machines.send_deadline import Outcome
from stallproof.machines.stream import AckVerdict, StreamOutcome

AnySetting = Setting | StreamSetting


@dataclass(frozen=True)
class Search:
    """One search: its settings (the first `quick` of them are the quick ones), laws and wishes."""

    name: str
    says: str
    settings: tuple[AnySetting, ...]
    quick: int
    laws: Mapping[str, Law]
    world: Callable[[Any, Mapping[str, Law]], World[Any, Any, Any]]
    events: tuple[str, ...]
    decisions: tuple[str, ...]

    def world_of(self, setting: AnySetting) -> World[Any, Any, Any]:
        """Return the world that is searched under `setting`."""
        return self.world(setting, self.laws)


def _sending(**knobs: Any) -> Policy:
    return Policy(**{"send_timeout_us": 2, "stall_timeout_us": 3, **knobs})


_ENDS = tuple(
    # Nobody gives up in these histories: see "No search" of SD-18.
    f"send {outcome.value}" for outcome in Outcome if outcome is not Outcome.GIVEN_UP
)  # fmt: skip
_CAUSES = tuple(
    # The secure session is the drivers': the machine itself never gives it as the cause.
    f"closing by {cause.value}" for cause in Cause if cause is not Cause.TLS
)  # fmt: skip

_CONNECTION = (
    Setting("two frames", _sending(), 4, 2, (1, 3), first_sequence=65535),
    Setting("the shortest timeout", _sending(send_timeout_us=1), 5, 3, (1, 2)),
    Setting("three frames", _sending(send_timeout_us=2), 9, 3, (1, 2, 3), first_sequence=65534),
    Setting("a longer timeout", _sending(send_timeout_us=4), 12, 3, (1, 2, 4)),
    Setting("five short frames", _sending(send_timeout_us=3), 11, 5, (1, 2)),
)


def _watched(
    name: str, horizon_us: int, sends_max: int, sizes: tuple[int, ...], **more: Any
) -> Setting:
    """Return a setting with a monitor; what is no part of a setting is a knob of its policy."""
    parts = {part: more.pop(part) for part in ("frames", "heartbeats", "early_us") if part in more}
    policy = _sending(**{"heartbeat_interval_us": 2, **more})
    return Setting(name, policy, horizon_us, sends_max, sizes, checks=True, **parts)


_MONITOR = (
    _watched("closes at the first", 5, 2, (1,), send_timeout_us=4, stall_timeout_us=1,
             checks_max=1, close_stalled=True, frames=True),
    _watched("warns only", 5, 2, (1,), send_timeout_us=2, stall_timeout_us=1, checks_max=2,
             heartbeats=False),
    _watched("closes at the second", 5, 2, (2,), send_timeout_us=5, stall_timeout_us=2,
             checks_max=2, close_stalled=True, early_us=1),
    _watched("closes at the third", 7, 3, (1, 2), send_timeout_us=3, stall_timeout_us=1,
             checks_max=3, close_stalled=True, early_us=1),
    _watched("warns only at the third", 7, 3, (1, 2), send_timeout_us=6, stall_timeout_us=2,
             checks_max=3),
    _watched("the monitor is the slower one", 7, 3, (1, 2), send_timeout_us=2, stall_timeout_us=3,
             checks_max=1, close_stalled=True),
    _watched("frames arrive", 6, 2, (1,), send_timeout_us=3, stall_timeout_us=1, checks_max=2,
             close_stalled=True, frames=True, early_us=1),
)  # fmt: skip


def _agreed(schedule: Gaps | Ticks, held_us: int, *, limit_us: int, checks: int) -> Agreement:
    """Return a setting in which a send is in flight for at most `held_us`, 1 us of it grace."""
    form = "gaps" if isinstance(schedule, Gaps) else "ticks"
    policy = Policy(
        send_timeout_us=held_us - 1, stall_timeout_us=limit_us, checks_max=checks,
        close_stalled=True, heartbeat_interval_us=3,
    )  # fmt: skip
    longest = schedule.max_us if isinstance(schedule, Gaps) else schedule.period_us
    # Long enough for a whole stall after monitoring began, and for the beginning of another.
    horizon_us = min(held_us, limit_us + checks * longest + 2) + 3 * longest + 2
    return Agreement(
        f"{form}, S + G = {held_us}, L = {limit_us}, N = {checks}", policy, horizon_us, 3, (1,),
        closes=False, failures=False, checks=True, schedule=schedule, grace_us=1,
    )  # fmt: skip


def _around(schedule: Gaps | Ticks, *, limit_us: int, checks: int) -> tuple[Agreement, ...]:
    """Return settings with S + G at and 1 us beyond each bound of CX-5, and far beyond both."""
    lower = agreement.lower_us(_agreed(schedule, 2, limit_us=limit_us, checks=checks))
    holds = sorted({limit_us, limit_us + 1, lower, lower + 1, 4 * lower})
    return tuple(_agreed(schedule, held, limit_us=limit_us, checks=checks) for held in holds)


_AGREEMENT = (
    *_around(Gaps(1, 2), limit_us=2, checks=2),
    *_around(Ticks(2, 1), limit_us=3, checks=2),
    # The premise is not met: nothing is promised, and the reference has to say so.
    _agreed(Gaps(1, 3), 5, limit_us=2, checks=2),
    _agreed(Ticks(3, 1), 5, limit_us=3, checks=2),
    *_around(Gaps(2, 3), limit_us=3, checks=3),
    *_around(Ticks(3, 2), limit_us=5, checks=3),
    *_around(Gaps(2, 2), limit_us=4, checks=1),
    *_around(Ticks(3, 0), limit_us=3, checks=2),
)


def _streaming(
    name: str, progress_us: int, wait_us: int, *, window: int, chunk: int, horizon: int,
    sent: int, tick_us: int = 1, seed: bool = False, early: int = 0,
) -> StreamSetting:  # fmt: skip
    policy = Policy(
        ack_progress_timeout_us=progress_us, ack_wait_us=wait_us, window_bytes=window,
        chunk_bytes=chunk, ack_check_interval_us=CHECK_INTERVAL_MIN_US,
    )  # fmt: skip
    return StreamSetting(name, policy, seed, tick_us, horizon, sent, early)


_TICK = CHECK_INTERVAL_MIN_US
_STREAM = (
    _streaming("hardened", 2, 3, window=1, chunk=2, horizon=6, sent=4, early=1),
    _streaming("seed", 2, 3, window=1, chunk=2, horizon=6, sent=4, seed=True, early=1),
    _streaming("a longer clock", 4, 3, window=2, chunk=1, horizon=9, sent=6),
    _streaming("both due at once", 3, 3, window=1, chunk=3, horizon=7, sent=6),
    _streaming("several intervals", 3 * _TICK + 1, 5 * _TICK, window=2, chunk=2, horizon=9,
               sent=6, tick_us=_TICK),
    _streaming("seed, several intervals", 3 * _TICK, 4 * _TICK + 1, window=2, chunk=2, horizon=8,
               sent=6, tick_us=_TICK, seed=True),
    _streaming("half intervals", _TICK, 2 * _TICK + 1, window=1, chunk=1, horizon=10, sent=4,
               tick_us=_TICK // 2),
    _streaming("clocks read early", 3, 5, window=2, chunk=2, horizon=7, sent=5, early=2),
)  # fmt: skip

_SENDING_EVENTS = (states.LOCK, states.STEP, states.FAILURE, states.TIME)
_CHECKS = ("check closes", "check warns", "check queues a heartbeat", "check finds nothing")

SEARCHES: dict[str, Search] = {
    search.name: search
    for search in (
        Search(
            "connection", "senders, a transport that fails, an owner who closes; no monitor",
            _CONNECTION, 2, sending_laws.BOOK.laws, ConnectionWorld,
            (*_SENDING_EVENTS, states.CLOSE),
            ("lock held", "send waits", *_ENDS, "closing already",
             *(cause for cause in _CAUSES if cause != "closing by monitor")),
        ),
        Search(
            "monitor", "the same with a monitor that may check at any time, and frames that arrive",
            _MONITOR, 3, {**sending_laws.BOOK.laws, **check_laws.BOOK.laws}, ConnectionWorld,
            (*_SENDING_EVENTS, states.CLOSE, states.CHECK, states.FRAME),
            ("lock held", "send waits", *_ENDS, "closing already", *_CAUSES, *_CHECKS),
        ),
        Search(
            "agreement", "a punctual holder and a monitor on its schedule: the close window",
            _AGREEMENT, 12,
            agreement.BOOK.laws, AgreementWorld,
            (states.LOCK, states.STEP, states.TIME, states.CHECK),
            ("closing by send_timeout", "closing by monitor", *_CHECKS, *agreement.REACHED),
        ),
        Search(
            "stream", "one stream: looks, chunks, ACKs true and untrue, stops",
            _STREAM, 2, stream_laws.BOOK.laws, StreamWorld,
            (stream_moves.LOOK, stream_moves.CHUNK, stream_moves.ACK, stream_moves.STOP,
             stream_moves.TIME),
            ("look: begin", "look: wait", "look: no_progress", "look: ack_wait",
             *(f"look: already {outcome.value}" for outcome in StreamOutcome),
             *(f"stop: {outcome.value}" for outcome in StreamOutcome),
             *(f"ACK: {verdict.value}" for verdict in AckVerdict)),
        ),
    )
}  # fmt: skip


def all_laws() -> dict[str, tuple[str, ...]]:
    """Return every law of every search with the requirements that it serves."""
    found: dict[str, tuple[str, ...]] = {}
    for search in SEARCHES.values():
        found.update({name: law.requirements for name, law in search.laws.items()})
    return found
