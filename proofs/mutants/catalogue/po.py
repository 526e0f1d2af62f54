"""Mutants of PO-1 and PO-2: producing once."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_machine = partial(Mutant, file="reference/stallproof/machines/produce_once.py")
in_driver = partial(Mutant, file="reference/stallproof/drivers/produce_once.py")
THERE = "    if item.producing == 0:\n        return item, Next.RETURN_STORED\n"
DRIVEN = "test:tests/drivers/test_produce_once.py::"

MUTANTS = (
    in_driver(
        id="produces_under_the_lock",
        says="an item is produced under the lock of the store, as it once was in the origin",
        breaks=("PO-1.2",),
        caught_by=(f"{DRIVEN}test_a_slow_item_keeps_nobody_from_another_one",),
        old="            value = produce()\n",
        new="            with self._lock:\n                value = produce()\n",
    ),
    in_machine(
        id="the_later_result_replaces_the_first",
        says="a result is stored without a look at what is there, as it once was in the origin",
        breaks=("PO-1.4",),
        caught_by=("proof:po1_the_first_result_wins",),
        old=f"{THERE}    return Item(life, 0)",
        new="    return Item(life, 0)",
    ),
    in_machine(
        id="a_loser_is_stored",
        says="what a caller has that came later is stored in place of the first result",
        breaks=("PO-1.4",),
        caught_by=("oracle:PO-1", "vectors:PO-1"),
        old="        if next_ is Next.STORE_AND_RETURN:\n",
        new="        if next_ is not Next.RETURN_OWN:\n",
    ),
    in_driver(
        id="the_loser_returns_its_own_result",
        says="a caller that came later returns its own result, and not the one that is stored",
        breaks=("PO-1.5",),
        caught_by=(f"{DRIVEN}test_two_who_produce_at_once_return_the_same_result",),
        old="            return self._values[key] if next_ is Next.RETURN_STORED else value\n",
        new="            return value\n",
    ),
    in_driver(
        id="compares_what_it_saw_at_first",
        says="a result is compared with what its caller saw when it looked",
        breaks=("PO-1.4", "PO-1.5"),
        caught_by=(f"{DRIVEN}test_two_who_produce_at_once_return_the_same_result",),
        old="            after, next_ = on_result(self._items.get(key), life=item.life)\n",
        new="            after, next_ = on_result(item, life=item.life)\n",
    ),
    in_machine(
        id="a_second_caller_does_not_produce",
        says="a caller does not produce what another one produces already, and would have to wait",
        breaks=("PO-1.2",),
        caught_by=("proof:po1_nobody_waits_for_an_item",),
        old="    return Item(item.life, item.producing + 1), Next.PRODUCE\n",
        new="    return Item(item.life, item.producing + 1), Next.RETURN_STORED\n",
    ),
    in_machine(
        id="what_is_stored_is_produced_again",
        says="an item is produced again although it is stored",
        breaks=("PO-1.1",),
        caught_by=("oracle:PO-1",),
        old="        if next_ is Next.RETURN_STORED:\n",
        new="        if next_ is None:\n",
    ),
    in_machine(
        id="one_failure_ends_the_life",
        says="one failure ends the life of an item that others still produce",
        breaks=("PO-1.3",),
        caught_by=("proof:po1_a_failure_stores_nothing",),
        old="    return Item(life, item.producing - 1) if item.producing > 1 else None\n",
        new="    return None\n",
    ),
    in_driver(
        id="a_failure_leaves_its_key_behind",
        says="the key of an item that could not be produced is kept for ever",
        breaks=("PO-1",),
        caught_by=(f"{DRIVEN}test_a_failure_leaves_nothing_behind",),
        old="                self._keep(key, on_raised(self._items.get(key), life=item.life))\n",
        new="                pass\n",
    ),
    in_machine(
        id="a_dropped_result_comes_back",
        says="a result is stored although its item was dropped and is produced anew",
        breaks=("PO-2.1",),
        caught_by=(
            "proof:po2_a_result_of_another_life_is_its_callers_own",
            "proof:po2_after_a_drop_another_life_begins",
        ),
        old="    if item is None or item.life != life:\n        return item, Next.RETURN_OWN\n",
        new="    if item is None:\n        return item, Next.RETURN_OWN\n",
    ),
    in_machine(
        id="an_evicted_result_comes_back",
        says="a result is stored although its item was dropped",
        breaks=("PO-2.1",),
        caught_by=("oracle:PO-2", "vectors:PO-2"),
        old="        if next_ is Next.STORE_AND_RETURN:\n",
        new="        if next_ is not Next.RETURN_STORED:\n",
    ),
    in_machine(
        id="a_late_caller_returns_a_later_result",
        says="a caller whose item was dropped returns the result of a later life",
        breaks=("PO-2.2",),
        caught_by=("oracle:PO-2",),
        old="        return self.values[name] if next_ is Next.RETURN_STORED else value\n",
        new="        return self.values.get(name, value)\n",
    ),
    in_driver(
        id="an_eviction_keeps_the_life",
        says="an eviction drops what is stored, and lets in what is being produced",
        breaks=("PO-2.1",),
        caught_by=(f"{DRIVEN}test_real_threads_are_told_what_the_law_decides",),
        old="            self._keep(key, None)\n        # The last",
        new=(
            "            if key in self._values:\n                self._keep(key, None)\n"
            "        # The last"
        ),
    ),
    in_driver(
        id="a_value_goes_under_the_lock",
        says="what is dropped goes while the lock is held, and its end may use the store",
        breaks=("PO-2",),
        caught_by=(f"{DRIVEN}test_what_is_dropped_goes_without_the_lock",),
        old="            dropped, self._values, self._items = self._values, {}, {}\n",
        new="            dropped, self._values, self._items = None, {}, {}\n",
    ),
    in_machine(
        id="an_empty_result_is_none",
        says="an empty text that is stored is taken for nothing",
        breaks=("PO-1.3",),
        caught_by=("oracle:PO-1 beside PO-2", "vectors:PO-1"),
        old="        if next_ is Next.STORE_AND_RETURN:\n",
        new="        if next_ is Next.STORE_AND_RETURN and not value:\n"
        "            self._keep(name, None)\n"
        "        elif next_ is Next.STORE_AND_RETURN:\n",
    ),
    in_machine(
        id="what_is_stored_is_not_sorted",
        says="what is stored stands in the order of its storing",
        caught_by=("oracle:PO-1 beside PO-2", "vectors:PO-1"),
        old="tuple(sorted(history.values.items()))",
        new="tuple(history.values.items())",
    ),
    in_machine(
        id="the_last_failure_counts_as_a_result",
        says="an item that nobody produces any more, since all failed, counts as stored",
        breaks=("PO-1.6",),
        caught_by=("proof:po1_a_failure_stores_nothing",),
        old="    return Item(life, item.producing - 1) if item.producing > 1 else None\n",
        new="    return Item(life, item.producing - 1)\n",
    ),
    in_machine(
        id="a_clear_keeps_the_values",
        says="clearing the store forgets who produces, and keeps what is stored",
        breaks=("PO-2.3",),
        caught_by=("vectors:PO-2",),
        old="                self.values.clear()\n",
        new="",
    ),
    in_machine(
        id="an_evicted_item_stays_stored",
        says="an eviction ends the life of an item, and keeps what is stored of it",
        breaks=("PO-2.3",),
        caught_by=("vectors:PO-2",),
        old="        self.items.pop(name, None)\n        self.values.pop(name, None)\n",
        new="        self.items.pop(name, None)\n",
    ),
)
