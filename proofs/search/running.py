"""Search the settings two at a time, in two processes, and gather what was found.

A process that dies or an error of the search itself ends everything with that error: nothing is
taken for a pass, and nothing for a violation.
"""

import multiprocessing
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed

from proofs.search.bare import without_contracts
from proofs.search.breadth import Findings, search
from proofs.search.outcome import Outcome
from proofs.search.searches import SEARCHES, Search

PROCESSES = 2


def search_one(name: str, number: int) -> Findings:
    """Search setting `number` of the search called `name`, without contracts."""
    wanted = SEARCHES[name]
    with without_contracts():
        return search(wanted.world_of(wanted.settings[number]))


def say(line: str) -> None:
    """Say on standard error how far the run is."""
    print(f"search: {line}", file=sys.stderr, flush=True)


Searched = dict[tuple[str, int], Findings]


def _searched(
    pool: Executor, wanted: Sequence[tuple[str, int]], progress: Callable[[str], None]
) -> Searched:
    """Search the settings in `wanted`, and say of each that it is done."""
    found: Searched = {}
    under_way = {pool.submit(search_one, *each): each for each in wanted}
    for done, future in enumerate(as_completed(under_way), 1):
        name, number = under_way[future]
        found[name, number] = each = future.result()
        ended = "a law is broken" if each.violation else f"{each.transitions:,} transitions"
        setting = SEARCHES[name].settings[number].name
        progress(f"{done} of {len(under_way)}: {name}, {setting}: {ended}")
    return found


def run(
    searches: Sequence[Search], *, quick: bool, progress: Callable[[str], None] = say
) -> list[Outcome]:
    """Carry out `searches` and return their outcomes in order.

    The quick settings come first; a search that has broken a law there goes no further, so that
    what a mistake breaks is known in seconds, and is the same in every run.
    """
    first = [(each.name, number) for each in searches for number in range(each.quick)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        found = _searched(pool, first, progress)
        broken = {name for (name, _), each in found.items() if each.violation is not None}
        rest = [
            (each.name, number)
            for each in searches
            if not quick and each.name not in broken
            for number in range(each.quick, len(each.settings))
        ]
        # The last settings of a search are its largest: they go first, so that none is left over.
        rest.sort(key=lambda one: len(SEARCHES[one[0]].settings) - one[1])
        found |= _searched(pool, rest, progress)
    return [_gathered(each, found) for each in searches]


def _gathered(wanted: Search, found: Searched) -> Outcome:
    done = [number for number in range(len(wanted.settings)) if (wanted.name, number) in found]
    return Outcome(
        wanted,
        tuple(wanted.settings[number] for number in done),
        tuple(found[wanted.name, number] for number in done),
    )
