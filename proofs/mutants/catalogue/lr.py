"""Mutants of LR-1: lazy references."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_lazy_reference = partial(
    Mutant, file="reference/stallproof/machines/lazy_reference.py", breaks=("LR-1",)
)

MUTANTS = (
    in_lazy_reference(
        id="an_intermediary_holds_the_payload",
        says="an intermediary takes in the payload with its reference",
        caught_by=("proof:lr1_an_intermediary_holds_no_payload", "oracle:LR-1", "vectors:LR-1"),
        old="    return Held(held.references + 1, held.payload_bytes)\n",
        new="    return Held(held.references + 1, held.payload_bytes + size_bytes)\n",
    ),
    in_lazy_reference(
        id="a_reference_is_accepted_twice",
        says="a reference that is under way or used is accepted once more",
        caught_by=(
            "proof:lr1_only_an_open_reference_delivers",
            "proof:lr1_two_requests_get_one_delivery",
            "vectors:LR-1",
        ),
        old="    if entry.stage is not Stage.OPEN:\n        return entry, Outcome.USED\n",
        new="",
    ),
    in_lazy_reference(
        id="two_requests_at_once_are_both_delivered",
        says="a reference is used up only when its delivery has ended",
        caught_by=("proof:lr1_two_requests_get_one_delivery", "oracle:LR-1"),
        old="    if entry.stage is not Stage.OPEN:\n",
        new="    if entry.stage is Stage.USED:\n",
    ),
    in_lazy_reference(
        id="a_reference_works_for_anybody",
        says="a reference works for whoever asks by it",
        caught_by=("proof:lr1_who_or_what_differs_is_forged", "oracle:LR-1"),
        old=" or entry.consumer != who\n",
        new="\n",
    ),
    in_lazy_reference(
        id="a_reference_works_for_any_item",
        says="a reference works for any item of its owner",
        caught_by=("proof:lr1_who_or_what_differs_is_forged", "vectors:LR-1"),
        old="entry is None or entry.item != item or ",
        new="entry is None or ",
    ),
    in_lazy_reference(
        id="a_stranger_uses_a_reference_up",
        says="a request by a stranger uses the reference up",
        caught_by=("proof:lr1_a_refusal_uses_nothing_up", "vectors:LR-1"),
        old="        return entry, Outcome.UNKNOWN\n",
        new=(
            "        used = entry and replace(entry, stage=Stage.USED)\n"
            "        return used, Outcome.UNKNOWN\n"
        ),
    ),
    in_lazy_reference(
        id="an_owner_that_is_gone_knows_no_reference",
        says="of an owner that is gone it is told that the reference is unknown",
        caught_by=("proof:lr1_a_forged_reference_is_unknown", "oracle:LR-1"),
        old="        return entry, Outcome.OWNER_GONE\n",
        new="        return entry, Outcome.UNKNOWN\n",
    ),
    in_lazy_reference(
        id="a_delivery_that_came_short_counts",
        says="a delivery counts by its digest alone, and not by its length",
        caught_by=("proof:lr1_a_delivery_is_exact_or_gives_its_reference_back", "vectors:LR-1"),
        old="    if exact and size_bytes == entry.size_bytes:\n",
        new="    if exact:\n",
    ),
    in_lazy_reference(
        id="a_delivery_that_broke_off_uses_the_reference_up",
        says="a delivery that broke off uses its reference up",
        caught_by=("proof:lr1_a_delivery_is_exact_or_gives_its_reference_back", "oracle:LR-1"),
        old="stage=Stage.OPEN), Outcome.NOT_EXACT",
        new="stage=Stage.USED), Outcome.NOT_EXACT",
    ),
    in_lazy_reference(
        id="what_died_with_its_intermediary_is_awaited",
        says="a reference that died with its intermediary is awaited for ever",
        caught_by=("proof:lr1_a_consumer_is_told_of_a_death_that_matters", "vectors:LR-1"),
        old="    return Outcome.INTERMEDIARY_DIED if died else Outcome.AWAITING\n",
        new="    return Outcome.AWAITING\n",
    ),
    in_lazy_reference(
        id="an_expired_reference_delivers",
        says="a reference that expired delivers",
        caught_by=("oracle:LR-1", "vectors:LR-1"),
        old="            entry = replace(entry, is_expired=True)\n",
        new="            pass\n",
    ),
    in_lazy_reference(
        id="a_dead_intermediary_goes_on",
        says="a dead intermediary takes references and passes them on",
        caught_by=("test:tests/machines/test_lazy_reference.py",),
        old=" and event.who not in self._dead:\n",
        new=":\n",
    ),
)
