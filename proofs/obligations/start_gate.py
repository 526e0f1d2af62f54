"""The start gate. Spec: `spec/sg.md`."""

from proofs.prover.statement import Claim, obligation
from stallproof.machines import start_gate
from stallproof.machines.start_gate import Action, Phase, Reply


def counted(active: int, failed: int, required_out: int, min_sites: int) -> bool:
    return min(active, failed, required_out, min_sites) >= 0


def _said(name: str, reply: Reply | None) -> list[tuple[str, Reply]]:
    return [] if reply is None else [(name, reply)]


@obligation("SG-1", given=counted)
def sg1_a_deployment_is_aborted_by_its_limits(
    active: int, failed: int, required_out: int, min_sites: int, strict: bool
) -> Claim:
    """Too few or a required one missing, and nothing else: no switch, and no failure by itself."""
    action = start_gate.action_for(
        Phase.DEPLOY,
        active=active,
        failed=failed,
        required_out=required_out,
        min_sites=min_sites,
        strict=strict,
    )
    return (action is Action.ABORT) == (active < min_sites or required_out > 0)


@obligation("SG-1")
def sg1_no_reply_is_a_failure(first: Reply | None, strict: bool, needed: bool) -> Claim:
    """Of two clients one replied well: without the other one's word it is out, or all is off."""
    replies = [*_said("a", first), ("b", Reply.OK)]
    required = ("a",) if needed else ()
    told = start_gate.decide(Phase.DEPLOY, ("a", "b"), replies, 1, required, strict)
    if first is Reply.OK:
        return told.clients == ("a", "b") and told.missing == ()
    return told.clients == (() if needed else ("b",)) and told.missing == ("a",)


@obligation("SG-2", given=counted)
def sg2_an_error_or_a_limit_aborts_a_strict_start(
    active: int, failed: int, required_out: int, min_sites: int, strict: bool
) -> Claim:
    """An error aborts any start; too few or a required one missing aborts a strict one."""
    action = start_gate.action_for(
        Phase.START,
        active=active,
        failed=failed,
        required_out=required_out,
        min_sites=min_sites,
        strict=strict,
    )
    is_short = strict and (active < min_sites or required_out > 0)
    return (action is Action.ABORT) == (failed > 0 or is_short)


@obligation("SG-2")
def sg2_stragglers_are_out_and_returned_where_replies_are_strict(
    first: Reply | None, strict: bool
) -> Claim:
    """Of two clients one started: the other is out, and told only by strict replies or an error."""
    replies = [*_said("a", first), ("b", Reply.OK)]
    told = start_gate.decide(Phase.START, ("a", "b"), replies, 1, (), strict)
    if first is Reply.ERROR:
        return told.action is Action.ABORT and told.missing == ("a",) and told.clients == ()
    if first is Reply.OK:
        return told.clients == ("a", "b") and told.missing == ()
    return told.clients == ("b",) and told.missing == (("a",) if strict else ())


@obligation("SG-3")
def sg3_a_reply_counts_for_whom_it_names(
    phase: Phase, first: Reply | None, second: Reply | None, strict: bool
) -> Claim:
    """In either order, two replies give one decision."""
    said = [*_said("a", first), *_said("b", second)]
    one = start_gate.decide(phase, ("a", "b"), said, 1, (), strict)
    other = start_gate.decide(phase, ("a", "b"), said[::-1], 1, (), strict)
    return one == other


@obligation("SG-3")
def sg3_a_reply_too_many_is_refused(
    phase: Phase, first: Reply, more: Reply, again: bool, strict: bool
) -> Claim:
    """A second reply, or one of somebody who was not asked, whatever it says."""
    replies = [("a", first), ("a" if again else "x", more)]
    told = start_gate.decide(phase, ("a",), replies, 0, (), strict)
    return told.action is Action.REFUSE and told.clients == () and told.reason != ""
