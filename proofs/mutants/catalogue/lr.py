"""Mutants of LR-1: lazy references."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_lazy_reference = partial(
    Mutant, file="reference/stallproof/machines/lazy_reference.py", breaks=("LR-1",)
)
in_drivers = partial(Mutant, breaks=("LR-1",))
PROCESSES = "test:tests/drivers/test_lazy_reference.py"

MUTANTS = (
    in_lazy_reference(
        id="an_intermediary_holds_the_payload",
        says="an intermediary takes in the payload with its reference",
        breaks=("LR-1.1",),
        caught_by=("proof:lr1_an_intermediary_holds_no_payload",),
        old="    return Held(held.references + 1, held.payload_bytes)\n",
        new="    return Held(held.references + 1, held.payload_bytes + size_bytes)\n",
    ),
    in_lazy_reference(
        id="every_payload_is_held_on_its_way",
        says="intermediaries are told to hold every payload whose reference they hold",
        breaks=("LR-1.1",),
        caught_by=("oracle:LR-1", "vectors:LR-1"),
        old="            held = on_taken(held, self.entries.get(reference, nothing).size_bytes)\n",
        new=(
            "            size_bytes = self.entries.get(reference, nothing).size_bytes\n"
            "            held = Held(held.references + 1, held.payload_bytes + size_bytes)\n"
        ),
    ),
    in_lazy_reference(
        id="a_request_is_forgotten",
        says="what a request uses up is forgotten at once, so that the reference works again",
        breaks=("LR-1.3",),
        caught_by=("oracle:LR-1", "vectors:LR-1"),
        old="        if entry is not None:\n",
        new="        if entry is not None and event.what is not What.ASKED:\n",
    ),
    in_lazy_reference(
        id="a_reference_is_accepted_twice",
        says="a reference that is under way or used is accepted once more",
        breaks=("LR-1.3",),
        caught_by=(
            "proof:lr1_only_an_open_reference_delivers",
            "proof:lr1_two_requests_get_one_delivery",
        ),
        old="    if entry.stage is not Stage.OPEN:\n        return entry, Outcome.USED\n",
        new="",
    ),
    in_lazy_reference(
        id="two_requests_at_once_are_both_delivered",
        says="a reference is used up only when its delivery has ended",
        breaks=("LR-1.3",),
        caught_by=("proof:lr1_two_requests_get_one_delivery",),
        old="    if entry.stage is not Stage.OPEN:\n",
        new="    if entry.stage is Stage.USED:\n",
    ),
    in_lazy_reference(
        id="a_reference_works_for_anybody",
        says="a reference works for whoever asks by it",
        breaks=("LR-1.3",),
        caught_by=("proof:lr1_who_or_what_differs_is_forged", "oracle:LR-1"),
        old=" or entry.consumer != who\n",
        new="\n",
    ),
    in_lazy_reference(
        id="a_reference_works_for_any_item",
        says="a reference works for any item of its owner",
        breaks=("LR-1.3",),
        caught_by=("proof:lr1_who_or_what_differs_is_forged", "vectors:LR-1"),
        old="entry is None or entry.item != item or ",
        new="entry is None or ",
    ),
    in_lazy_reference(
        id="a_stranger_uses_a_reference_up",
        says="a request by a stranger uses the reference up",
        breaks=("LR-1.4",),
        caught_by=("proof:lr1_a_refusal_uses_nothing_up",),
        old="        return entry, Outcome.UNKNOWN\n",
        new=(
            "        used = entry and replace(entry, stage=Stage.USED)\n"
            "        return used, Outcome.UNKNOWN\n"
        ),
    ),
    in_lazy_reference(
        id="an_owner_that_is_gone_knows_no_reference",
        says="of an owner that is gone it is told that the reference is unknown",
        breaks=("LR-1.6",),
        caught_by=("proof:lr1_a_forged_reference_is_unknown", "oracle:LR-1"),
        old="        return entry, Outcome.OWNER_GONE\n",
        new="        return entry, Outcome.UNKNOWN\n",
    ),
    in_lazy_reference(
        id="a_delivery_that_came_short_counts",
        says="a delivery counts by its digest alone, and not by its length",
        breaks=("LR-1.2",),
        caught_by=("proof:lr1_a_delivery_is_exact_or_gives_its_reference_back",),
        old="    if exact and size_bytes == entry.size_bytes:\n",
        new="    if exact:\n",
    ),
    in_lazy_reference(
        id="a_delivery_that_broke_off_uses_the_reference_up",
        says="a delivery that broke off uses its reference up",
        breaks=(),
        caught_by=("proof:lr1_a_delivery_is_exact_or_gives_its_reference_back", "oracle:LR-1"),
        old="stage=Stage.OPEN), Outcome.NOT_EXACT",
        new="stage=Stage.USED), Outcome.NOT_EXACT",
    ),
    in_lazy_reference(
        id="what_died_with_its_intermediary_is_awaited",
        says="a reference that died with its intermediary is awaited for ever",
        breaks=("LR-1.5",),
        caught_by=("proof:lr1_a_consumer_is_told_of_a_death_that_matters",),
        old="    return Outcome.INTERMEDIARY_DIED if died else Outcome.AWAITING\n",
        new="    return Outcome.AWAITING\n",
    ),
    in_lazy_reference(
        id="an_expired_reference_delivers",
        says="a reference that expired delivers",
        breaks=("LR-1.3",),
        caught_by=("oracle:LR-1", "vectors:LR-1"),
        old="            entry = replace(entry, is_expired=True)\n",
        new="            pass\n",
    ),
    in_lazy_reference(
        id="a_dead_intermediary_goes_on",
        says="a dead intermediary takes references and passes them on",
        breaks=(),
        caught_by=("test:tests/machines/test_lazy_reference.py", "vectors:LR-1"),
        old=" and event.who not in self._dead:\n",
        new=":\n",
    ),
    in_drivers(
        id="an_intermediary_takes_frames_of_any_size_in",
        file="reference/stallproof/drivers/reader.py",
        says="an intermediary takes in frames of any size, and so the payload itself",
        breaks=("LR-1.1",),
        caught_by=(PROCESSES,),
        old="FrameReader(self.received_max_bytes)",
        new="FrameReader()",
    ),
    in_drivers(
        id="a_connection_that_breaks_uses_a_reference_up",
        file="reference/stallproof/drivers/lazy_owner.py",
        says="a delivery that broke off with its connection uses its reference up",
        caught_by=(PROCESSES,),
        old="            for kept in under_way.values():\n",
        new="            for kept in ():\n",
    ),
    in_drivers(
        id="a_consumer_believes_what_it_got",
        file="reference/stallproof/drivers/lazy_consumer.py",
        says="a consumer does not compare the digest with the owner's",
        breaks=("LR-1.2",),
        caught_by=("test:tests/drivers/test_lazy_messages.py",),
        old="secrets.compare_digest(said.encode(), self.digest.hexdigest().encode())",
        new="bool(said)",
    ),
    in_drivers(
        id="an_intermediary_passes_anything_on",
        file="reference/stallproof/drivers/lazy_intermediary.py",
        says="an intermediary passes on what is no reference",
        caught_by=("test:tests/drivers/test_lazy_messages.py",),
        old='is no reference")\n                    break\n',
        new=(
            'is no reference")\n                    self._target.tell(message)\n'
            "                    continue\n"
        ),
    ),
    in_lazy_reference(
        id="an_expired_reference_is_never_used",
        says="of a reference that was used and has expired it is told that it expired",
        breaks=(),
        caught_by=("oracle:LR-1", "vectors:LR-1"),
        old=(
            "    if entry.stage is not Stage.OPEN:\n        return entry, Outcome.USED\n"
            "    if entry.is_expired:\n        return entry, Outcome.EXPIRED\n"
        ),
        new=(
            "    if entry.is_expired:\n        return entry, Outcome.EXPIRED\n"
            "    if entry.stage is not Stage.OPEN:\n        return entry, Outcome.USED\n"
        ),
    ),
    in_lazy_reference(
        id="an_expired_reference_is_given_back",
        says="a delivery that was not exact revives a reference that has expired meanwhile",
        breaks=("LR-1.3",),
        caught_by=("oracle:LR-1", "vectors:LR-1"),
        old="    return replace(entry, stage=Stage.OPEN), Outcome.NOT_EXACT\n",
        new="    return replace(entry, stage=Stage.OPEN, is_expired=False), Outcome.NOT_EXACT\n",
    ),
    in_lazy_reference(
        id="what_was_passed_on_is_still_held",
        says="an intermediary keeps each reference that it has passed on",
        breaks=("LR-1.1",),
        caught_by=("vectors:LR-1",),
        old="            self._holds.remove(at)\n",
        new="",
    ),
    in_lazy_reference(
        id="a_stranger_is_told_that_a_reference_was_used",
        says="a stranger is told that the reference was used, and so that there is one",
        breaks=("LR-1.4",),
        caught_by=("vectors:LR-1",),
        old="            forged = is_forged(entry, item=event.item, who=event.who)\n",
        new="            forged = is_forged(entry, item=event.item, who=event.who)\n"
        "            forged = forged and (entry is None or entry.stage is Stage.OPEN)\n",
    ),
)
