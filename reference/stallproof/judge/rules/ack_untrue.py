"""Rules for ACKs that cannot be true: AP-10."""

from collections.abc import Iterator
from typing import Any

import msgspec

from stallproof.judge.evidence.due import (
    came_after_its_end,
    due_of,
    late_by,
    seed_clock_us,
    surely_before_us,
)
from stallproof.judge.evidence.flow import INVALID, Ack, Flow, Wait, flows
from stallproof.judge.evidence.moment import at_least
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed, unsure
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.streams import WATCHDOG
from stallproof.judge.rules import rule
from stallproof.judge.rules.ack_early import side_of

SHAPES = {
    "not-an-integer": frozenset({"text", "null", "fraction", "list", "object"}),
    "boolean": frozenset({"true", "false"}),
}
"""The shapes of offsets that all have to have been tried before the situation has occurred."""


@rule("AP-10")
def ap_10(run: Run) -> Iterator[Observation]:
    """An ACK that cannot be true changes nothing, and is reported."""
    streams = list(flows(run))
    tried = {
        kind: {_shape(a.request.offset) for f in streams for a in f.acks if _is(f, a, kind)}
        for kind in SHAPES
    }
    for flow in streams:
        for ack in flow.acks:
            if ack.kind in INVALID:
                complete = SHAPES.get(ack.kind, frozenset()) <= tried.get(ack.kind, set())
                yield from _untrue(flow, ack, complete=complete)
        if flow.is_plain:
            for wait in flow.waits:
                yield from _exactly_sent(flow, wait)


def _is(flow: Flow, ack: Ack, kind: str) -> bool:
    return ack.kind == kind and _wait_of(flow, ack) is not None


def _shape(raw: Any) -> str:
    """Name the shape of an offset as JSON has it."""
    if raw is None or isinstance(raw, bool):
        return {None: "null", True: "true", False: "false"}[raw]
    shapes = {str: "text", float: "fraction", list: "list", dict: "object"}
    return shapes.get(type(raw), "integer")


def _wait_of(flow: Flow, ack: Ack) -> Wait | None:
    """Return the wait during which `ack` was asked for."""
    wait = flow.wait_at(ack.asked_us)
    return wait if wait is not None and ack in flow.during(wait, ack.kind) else None


def _situation_of(flow: Flow, ack: Ack, *, complete: bool) -> str | None:
    """Name the situation that `ack` brings about in its wait, `None` if it is none."""
    if not complete or ack.request.error_text is not None:
        return None
    if ack.kind == "other-origin":
        # From the right origin it would have been progress.
        known = flow.acknowledged_at_most(ack.asked_us)
        return ack.kind if known < ack.offset <= flow.facts.arrived_by(ack.asked_us) else None
    return ack.kind


def _untrue(flow: Flow, ack: Ack, *, complete: bool) -> Iterator[Observation]:
    """Judge what came of one ACK that cannot be true."""
    wait, word, facts = _wait_of(flow, ack), flow.word_on(ack), flow.facts
    situation = None if wait is None else _situation_of(flow, ack, complete=complete)
    what = f"An ACK that cannot be true ({ack.kind}: {_shown(ack)}) came to {facts.name}"
    evidence = facts.evidence(ack.request.asked, word)
    refused = ack.request.error == "refused"
    if not refused and (word is None or word.accepted or not word.why):
        said = "nothing was said of it" if word is None else "it was accepted"
        if word is not None and not word.accepted:
            said = "the report does not say what was wrong with it"
        yield broken("AP-10", situation, f"{what}, and {said}.", evidence)
    elif wait is not None:
        changed = _changed(flow, ack, wait)
        late = late_by(flow, wait, due_of(flow, wait), within_us=flow.interval_us)
        if changed is not None:
            tell, why = changed
            yield tell("AP-10", situation, f"{what}, and {why}.", evidence)
        elif late is not None:
            yield timed(
                "AP-10",
                situation,
                late.less(flow.interval_us),
                f"{what}, and the stream ended, or was left, {ms(late.least_us)} after it was due "
                f"to fail: the ACK moved the progress clock, or switched the watchdog off.",
                evidence,
            )
        elif wait.opening is not None and wait.chunk is not None:
            yield held("AP-10", situation, evidence)


def _shown(ack: Ack) -> str:
    asked = ack.request
    whose = "" if asked.origin is None else f" from {asked.origin!r}"
    return f"offset {msgspec.json.encode(asked.offset).decode()}{whose}"


def _changed(flow: Flow, ack: Ack, wait: Wait) -> tuple[Any, str] | None:
    """Say what `ack` changed in its wait, with how sure that is; `None`: nothing that shows."""
    facts, chunk = flow.facts, wait.chunk
    if chunk is not None and ack.asked_us < chunk.began_us < facts.ended_us:
        opened_us = None if wait.opening is None else wait.opening.asked_us
        if opened_us is None or chunk.began_us < opened_us:
            return broken, f"chunk {wait.index} began although the window was still full"
    if facts.ended_us > wait.kept_until_us or facts.ended_us < ack.asked_us:
        return None
    if facts.outcome not in WATCHDOG:
        return broken, f"the stream ended with '{facts.outcome}'"
    clock_us, bound_us = seed_clock_us(flow, surely_before_us(flow)), flow.progress_timeout_us
    perhaps_us = seed_clock_us(flow, facts.ended_us)
    if facts.outcome == "ack_wait":
        clock_us, perhaps_us, bound_us = wait.began_us, wait.began_us, flow.ack_wait_us
    side = side_of(flow, clock_us, bound_us, perhaps_us)
    why = f"the stream failed with '{facts.outcome}' before that was due"
    if side == "due":
        return None
    return (broken, why) if side == "early" else (unsure, why + ", as far as the clock tells")


def _exactly_sent(flow: Flow, wait: Wait) -> Iterator[Observation]:
    """The neighbour that is true: an ACK of exactly what was sent opens the window."""
    ack, run, facts = wait.opening, flow.run, flow.facts
    if ack is None or ack.kind != "progress" or ack.offset != wait.sent_bytes:
        return
    word = flow.word_on(ack)
    evidence = facts.evidence(ack.request.asked, word, wait.chunk)
    watched_us = min(flow.undisturbed_until_us, flow.stopped_us, run.end_us)
    what = f"The ACK of {ack.offset}, exactly what was sent, came to {facts.name}"
    if word is not None and not word.accepted:
        if came_after_its_end(flow, ack):
            return
        yield broken("AP-10", "exactly-sent", f"{what}, and it was refused: {word.why}.", evidence)
    elif wait.chunk is not None and wait.chunk.began_us >= ack.asked_us:
        yield held("AP-10", "exactly-sent", evidence)
    elif wait.chunk is None:
        over_us = watched_us - flow.run.taken(ack.request.asked).by_us - flow.interval_us
        if over_us > run.grace_us + run.noise_us:
            what += ", and it did not go on."
            yield timed("AP-10", "exactly-sent", at_least(over_us), what, evidence)
