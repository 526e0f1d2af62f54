"""What the search knows of a connection at one moment, and what can happen to it.

The `Record` is what a bystander would write down: it follows the events and what drivers were told,
and never reads the machine's state. The laws compare the two.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from stallproof.machines.connection import Cause, Connection, Effects
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Failure, Outcome, Send
from stallproof.machines.stall_count import StallCount
from stallproof.machines.states import state

LOCK, STEP, FAILURE = "lock taken", "step", "failure"
CLOSE, CHECK, FRAME, TIME = "close", "check", "frame received", "time passes"


@dataclass(frozen=True)
class Setting:
    """One bound: the limits in force and how much the surroundings may do.

    `early_us`: how long before now the clock of another thread may have been read.
    """

    name: str
    policy: Policy
    horizon_us: int
    sends_max: int
    sizes: tuple[int, ...]
    closes: bool = True
    failures: bool = True
    checks: bool = False
    frames: bool = False
    heartbeats: bool = True
    early_us: int = 0
    first_sequence: int = 0


@state
class Record:
    """The naive account: what was asked, what was told, and nothing read from the machine."""

    holder: int | None = None
    taken_us: int = 0
    size_bytes: int = 0
    written_bytes: int = 0
    sends: int = 0
    ends: int = 0
    closings: int = 0
    cause: Cause | None = None
    torn: bool = False
    frames_out: int = 0
    received_us: int | None = None
    streak: int = 0
    seen: int | None = None
    checked: int = 0


@state
class Moment:
    """A state of the search: the machine, the account and the time."""

    setting: Setting
    conn: Connection
    record: Record
    now_us: int


def every_field(kind: type[Any], *but: str) -> Callable[[Any], Any]:
    """Return a function that gives all fields of a `kind` at once, in C; `but` for some."""
    return attrgetter(*(one.name for one in fields(kind) if one.name not in but))


ACCOUNT = every_field(Record)
_SEND, _COUNT = every_field(Send), every_field(StallCount)
_REST = every_field(Connection, "send", "count")


def key_of(moment: Moment) -> Hashable:
    """Return what tells `moment` from all others of its setting, quicker to hash than itself."""
    conn, send = moment.conn, moment.conn.send
    rest = _REST(conn), _COUNT(conn.count), None if send is None else _SEND(send)
    return moment.now_us, ACCOUNT(moment.record), rest


@state
class Event:
    """What happens: `amount` is a size or the bytes written, `at_us` the time that was read."""

    kind: str
    at_us: int
    amount: int = 0
    failure: Failure | None = None


@state
class Move:
    """One event, with the machine and the account before and after it.

    `outcome` is that of the decision in `effects`, if it ends a send.
    """

    before: Moment
    event: Event
    effects: Effects
    after: Moment
    outcome: Outcome | None
