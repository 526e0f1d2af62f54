"""Lazy references. Spec: `spec/lr.md`."""

from proofs.prover.statement import Claim, obligation
from stallproof.machines import lazy_reference
from stallproof.machines.lazy_reference import Entry, Held, Outcome, Stage


def issued(entry: Entry | None, forged: bool) -> bool:
    """Only what was issued can be no forgery."""
    return forged or entry is not None


@obligation("LR-1")
def lr1_who_or_what_differs_is_forged(is_other_item: bool, is_other: bool) -> Claim:
    """Another item, another consumer and an id that was never issued are each forged."""
    # Names are only compared: the prover confirms nothing about two symbolic ones within minutes.
    item, who = "other" if is_other_item else "item", "other" if is_other else "consumer"
    forged = lazy_reference.is_forged(Entry("item", "consumer", 1), item=item, who=who)
    unknown = lazy_reference.is_forged(None, item=item, who=who)
    return unknown and forged is (is_other_item or is_other)


@obligation("LR-1", given=issued)
def lr1_only_an_open_reference_delivers(entry: Entry | None, forged: bool, is_gone: bool) -> Claim:
    """What is delivered was issued, is not forged, and was open; then it is under way."""
    after, outcome = lazy_reference.on_asked(entry, forged=forged, is_gone=is_gone)
    if outcome is not Outcome.DELIVER:
        return None
    was_open = entry is not None and entry.stage is Stage.OPEN and not entry.is_expired
    is_busy = after is not None and after.stage is Stage.UNDER_WAY
    return was_open and is_busy and not forged and not is_gone


@obligation("LR-1", given=issued)
def lr1_a_refusal_uses_nothing_up(entry: Entry | None, forged: bool, is_gone: bool) -> Claim:
    """After a refusal the reference is as good as it was before."""
    after, outcome = lazy_reference.on_asked(entry, forged=forged, is_gone=is_gone)
    return None if outcome is Outcome.DELIVER else after is entry


@obligation("LR-1")
def lr1_a_forged_reference_is_unknown(entry: Entry | None, is_gone: bool) -> Claim:
    """A stranger learns the same of every reference, and that an owner is gone."""
    _, outcome = lazy_reference.on_asked(entry, forged=True, is_gone=is_gone)
    return outcome is (Outcome.OWNER_GONE if is_gone else Outcome.UNKNOWN)


@obligation("LR-1")
def lr1_two_requests_get_one_delivery(entry: Entry) -> Claim:
    """The second of two requests is refused, while the first is under way and after it."""
    once, first = lazy_reference.on_asked(entry, forged=False, is_gone=False)
    if first is not Outcome.DELIVER or once is None:
        return None
    done, _ = lazy_reference.on_ended(once, size_bytes=entry.size_bytes, exact=True)
    while_, after = (
        lazy_reference.on_asked(one, forged=False, is_gone=False)[1] for one in (once, done)
    )
    return while_ is Outcome.USED and after is Outcome.USED


@obligation("LR-1")
def lr1_a_delivery_is_exact_or_gives_its_reference_back(
    entry: Entry, size_bytes: int, exact: bool
) -> Claim:
    """Every byte with the owner's digest uses it up, and anything else does not."""
    after, outcome = lazy_reference.on_ended(entry, size_bytes=size_bytes, exact=exact)
    if entry.stage is not Stage.UNDER_WAY:
        return None
    if exact and size_bytes == entry.size_bytes:
        return outcome is Outcome.DELIVERED and after.stage is Stage.USED
    return outcome is Outcome.NOT_EXACT and after.stage is Stage.OPEN


@obligation("LR-1", given=lambda references, size_bytes: references >= 0 and size_bytes >= 0)
def lr1_an_intermediary_holds_no_payload(references: int, size_bytes: int) -> Claim:
    """It holds one reference more, then as many as before, and of the payload nothing."""
    held = lazy_reference.on_taken(Held(references, 0), size_bytes)
    left = lazy_reference.on_let_go(held)
    return held == Held(references + 1, 0) and left == Held(references, 0)


@obligation("LR-1")
def lr1_a_consumer_is_told_of_a_death_that_matters(passed: bool, died: bool) -> Claim:
    """A reference came, or it was lost with its intermediary, or it is awaited still."""
    outcome = lazy_reference.on_awaited(passed=passed, died=died)
    if passed:
        return outcome is Outcome.RECEIVED
    return outcome is (Outcome.INTERMEDIARY_DIED if died else Outcome.AWAITING)
