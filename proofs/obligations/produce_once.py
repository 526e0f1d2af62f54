"""Producing an item once. Spec: `spec/po.md`."""

from proofs.prover.statement import Claim, obligation
from stallproof.machines import produce_once
from stallproof.machines.produce_once import Item, Next


def can_be(item: Item | None) -> bool:
    return item is None or item.producing >= 0


@obligation("PO-1", given=lambda item, life: can_be(item))
def po1_nobody_waits_for_an_item(item: Item | None, life: int) -> Claim:
    """What is stored is returned, and whatever is not is produced, whoever produces it already."""
    _, next_ = produce_once.on_look(item, life=life)
    is_there = item is not None and item.producing == 0
    return next_ is (Next.RETURN_STORED if is_there else Next.PRODUCE)


@obligation("PO-1", given=lambda item: can_be(item))
def po1_the_first_result_wins(item: Item) -> Claim:
    """Of two results of one life the first is stored, and the second returns what is stored."""
    if item.producing < 2:
        return None
    after, first = produce_once.on_result(item, life=item.life)
    same, second = produce_once.on_result(after, life=item.life)
    return first is Next.STORE_AND_RETURN and second is Next.RETURN_STORED and same == after


@obligation("PO-1", given=lambda item, life: can_be(item))
def po1_a_failure_stores_nothing(item: Item | None, life: int) -> Claim:
    """After a failure nothing is stored that was not, and the others may still be the first."""
    after = produce_once.on_raised(item, life=life)
    if item is None or item.producing == 0 or item.life != life:
        return after == item
    if item.producing == 1:
        return after is None
    return after == Item(life, item.producing - 1)


@obligation("PO-2", given=lambda item, life: can_be(item))
def po2_a_result_of_another_life_is_its_callers_own(item: Item | None, life: int) -> Claim:
    """It changes nothing, whatever is stored by then, and its caller returns it."""
    if item is not None and item.life == life:
        return None
    after, next_ = produce_once.on_result(item, life=life)
    return after == item and next_ is Next.RETURN_OWN


@obligation("PO-2", given=lambda old, life: old != life)
def po2_after_a_drop_another_life_begins(old: int, life: int) -> Claim:
    """Who looked before the drop is not brought back by a look after it."""
    item, _ = produce_once.on_look(None, life=life)
    after, next_ = produce_once.on_result(item, life=old)
    return after == item == Item(life, 1) and next_ is Next.RETURN_OWN
