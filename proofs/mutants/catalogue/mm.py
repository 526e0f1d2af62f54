"""Mutants of MM-1: memory release."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_memory_release = partial(
    Mutant, file="reference/stallproof/machines/memory_release.py", breaks=("MM-1",)
)

MUTANTS = (
    in_memory_release(
        id="zero_releases_after_every_send",
        says="0 is taken for 1: memory is released after every send",
        breaks=("MM-1.2",),
        caught_by=("proof:mm1_nothing_is_released_when_n_is_zero",),
        old="    if every == 0 or sends == 0 or sends % every != 0:\n",
        new="    if sends == 0 or sends % max(every, 1) != 0:\n",
    ),
    in_memory_release(
        id="released_one_send_too_late",
        says="a release comes one send after the n-th",
        breaks=("MM-1.1",),
        caught_by=("proof:mm1_a_release_follows_every_nth_send",),
        old=" or sends % every != 0:\n",
        new=" or sends == 1 or (sends - 1) % every != 0:\n",
    ),
    in_memory_release(
        id="released_after_the_first_nth_send_only",
        says="memory is released after the first n sends, and never again",
        breaks=("MM-1.1",),
        caught_by=("proof:mm1_a_release_follows_every_nth_send",),
        old=" or sends % every != 0:\n",
        new=" or sends != every:\n",
    ),
    in_memory_release(
        id="trims_before_it_collects",
        says="the allocator gives back its free blocks before the collection frees any",
        breaks=("MM-1.3",),
        caught_by=(
            "proof:mm1_collection_comes_before_the_allocator_and_the_cache",
            "test:tests/drivers/test_memory_release.py",
        ),
        old="(Step.COLLECT, *_OF_ALLOCATOR.get(allocator, ()), *cache)",
        new="(*_OF_ALLOCATOR.get(allocator, ()), Step.COLLECT, *cache)",
    ),
    in_memory_release(
        id="empties_a_cache_that_is_not_there",
        says="the accelerator's cache is emptied where there is no accelerator",
        breaks=("MM-1.4",),
        caught_by=(
            "proof:mm1_collection_comes_before_the_allocator_and_the_cache",
            "oracle:MM-1",
        ),
        old=" if has_accelerator and asks_accelerator else ()",
        new=" if asks_accelerator else ()",
    ),
    in_memory_release(
        id="trims_beside_a_jemalloc",
        says="what is trimmed is the heap of glibc, though jemalloc is in force",
        breaks=("MM-1.3",),
        caught_by=("vectors:MM-1",),
        old="Allocator.JEMALLOC: (Step.PURGE,)",
        new="Allocator.JEMALLOC: (Step.TRIM,)",
    ),
    Mutant(
        id="the_driver_counts_from_zero",
        file="reference/stallproof/drivers/memory_release.py",
        says="the number of sends is read before it is counted, so that the first release is late",
        breaks=("MM-1.1",),
        caught_by=("test:tests/drivers/test_memory_release.py",),
        old="            self._sends += 1\n            sends = self._sends\n",
        new="            sends = self._sends\n            self._sends += 1\n",
    ),
)
