"""The gate before a job: who of those that were asked takes part, or why the job is aborted.

The stall it guards against: a stalled connection delays one reply, the missing reply counts as a
success, and the job waits in its first round for a client that never began.

The intuition: only a reply that says so is a success. Whoever did not reply is out before the job
begins, and everybody is told; with too few left, or without somebody that is required, there is no
job.

The use: `decide` once after deployment and once after the start, each with the clients that were
asked, what they replied, and the limits of the job. `clients` of the first decision are asked in
the second. `action_for` is the rule itself, on counts alone; `count` matches replies to clients.

The complication: replies are matched by name. One that nobody was asked for, or a second one of the
same client, says nothing that could be trusted: the decision is refused.

All of it is linear in the clients. Spec: `spec/sg.md`.
"""

from collections.abc import Sequence
from enum import Enum

from stallproof.machines.contracts import ensure, require
from stallproof.machines.states import state


class Phase(Enum):
    """What the clients were asked to do."""

    DEPLOY = "deploy"
    START = "start"


class Reply(Enum):
    """What a client replied; who sent no reply in time has none."""

    OK = "ok"
    ERROR = "error"


class Action(Enum):
    """What becomes of the job; `REFUSE`: the replies are none that could be decided on."""

    GO_ON = "go_on"
    ABORT = "abort"
    REFUSE = "refuse"


@state
class GateDecision:
    """`clients`: who takes part, in the order asked; nobody unless the job goes on.

    `missing`: who was asked and is out, sorted. `reason` is empty where nobody is missing.
    """

    clients: tuple[str, ...]
    missing: tuple[str, ...]
    action: Action
    reason: str


@state
class Counted:
    """Replies by the names of clients: each list in the order asked, `refused` sorted."""

    active: tuple[str, ...]
    failed: tuple[str, ...]
    timed_out: tuple[str, ...]
    twice: tuple[str, ...]
    strangers: tuple[str, ...]


@require(lambda active, failed: active >= 0 and failed >= 0)
@require(lambda min_sites, required_out: min_sites >= 0 and required_out >= 0)
@ensure(
    lambda phase, active, min_sites, required_out, result: (
        phase is not Phase.DEPLOY
        or (result is Action.ABORT) == (active < min_sites or required_out > 0)
    ),
    "SG-1: fewer than the minimum, or without one that is required, is an abort",
)
@ensure(
    lambda phase, failed, result: phase is Phase.DEPLOY or failed == 0 or result is Action.ABORT,
    "SG-2: an explicit error aborts the start",
)
@ensure(
    lambda phase, strict, failed, active, min_sites, required_out, result: (
        phase is Phase.DEPLOY
        or failed > 0
        or (result is Action.ABORT) == (strict and (active < min_sites or required_out > 0))
    ),
    "SG-2: time-outs abort the start where replies are strict",
)
@ensure(lambda result: result is not Action.REFUSE, "SG-3: counts alone refuse nothing")
def action_for(
    phase: Phase,
    *,
    active: int,
    failed: int,
    required_out: int,
    min_sites: int,
    strict: bool,
) -> Action:
    """Return what becomes of the job; `required_out`: how many required ones are not active."""
    if phase is Phase.START and failed:
        return Action.ABORT
    if phase is Phase.START and not strict:
        return Action.GO_ON
    return Action.ABORT if active < min_sites or required_out else Action.GO_ON


@ensure(
    lambda clients, result: (
        len(result.active) + len(result.failed) + len(result.timed_out) == len(clients)
    ),
    "SG-1: who did not reply is counted among those that timed out",
)
@ensure(
    lambda clients, replies, result: (
        bool(result.twice or result.strangers)
        == (not {*clients} >= (names := {name for name, _ in replies}) or len(names) < len(replies))
    ),
    "SG-3: a second reply and a stranger's are found",
)
def count(clients: Sequence[str], replies: Sequence[tuple[str, Reply]]) -> Counted:
    """Match the replies to the clients that were asked, by name."""
    said: dict[str, Reply | None] = dict.fromkeys(clients)
    twice, strangers = set(), set()
    for name, reply in replies:
        if name not in said:
            strangers.add(name)
        elif said[name] is not None:
            twice.add(name)
        else:
            said[name] = reply
    return Counted(
        active=tuple(name for name, reply in said.items() if reply is Reply.OK),
        failed=tuple(name for name, reply in said.items() if reply is Reply.ERROR),
        timed_out=tuple(name for name, reply in said.items() if reply is None),
        twice=tuple(sorted(twice)),
        strangers=tuple(sorted(strangers)),
    )


def decide(
    phase: Phase,
    clients: Sequence[str],
    replies: Sequence[tuple[str, Reply]],
    min_sites: int,
    required_sites: Sequence[str],
    strict: bool,
) -> GateDecision:
    """Return who takes part in the job, or why there is none; `strict` is for the start alone.

    Raises `ValueError` for an empty name, a client that is asked twice, a required site that is not
    asked, and a negative minimum.
    """
    asked = {*clients}
    if len(asked) < len(clients) or "" in asked or not asked.issuperset(required_sites):
        raise ValueError("each client is asked once, by a name, and each required one is asked")
    if min_sites < 0:
        raise ValueError("a minimum of sites is no negative number")
    counted = count(clients, replies)
    if counted.twice or counted.strangers:
        wrong = {"replied twice": counted.twice, "not asked": counted.strangers}
        return GateDecision((), (), Action.REFUSE, "refused" + _named(wrong))
    required = {*required_sites}.difference(counted.active)
    is_told = phase is Phase.DEPLOY or strict
    names = {"failed": counted.failed, "timed out": counted.timed_out if is_told else ()}
    action = action_for(
        phase,
        active=len(counted.active),
        failed=len(counted.failed),
        required_out=len(required),
        min_sites=min_sites,
        strict=strict,
    )
    if action is Action.ABORT and is_told:
        names["required"] = tuple(required)
    missing = tuple(sorted(names["failed"] + names["timed out"]))
    reason = f": {len(counted.active)} of {len(clients)} active, {min_sites} needed" + _named(names)
    if action is Action.ABORT:
        return GateDecision((), missing, action, f"aborted{reason}")
    return GateDecision(counted.active, missing, action, f"going on{reason}" if missing else "")


def _named(lists: dict[str, tuple[str, ...]]) -> str:
    """Return the lists that are not empty as text, each sorted."""
    return "".join(
        f"; {what}: {', '.join(sorted(names))}" for what, names in lists.items() if names
    )
