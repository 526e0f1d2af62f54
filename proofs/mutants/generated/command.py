"""`python -m proofs mutants --generated N`: put mutants through N generated scripts each.

What was played is kept as it comes, and nothing is played twice: a run that ended before its time
goes on where it was. Exit status: 0 each mutant was played; 1 time was up before; 3 anything else.
"""

import argparse
import sys
import time
from pathlib import Path

from proofs.mutants.catalogue import MUTANTS
from proofs.mutants.generated import kept
from proofs.mutants.generated.page import STEPS, killed
from proofs.mutants.generated.play import NOTHING, Played, is_of_an_implementation


def command(arguments: argparse.Namespace) -> int:
    """Play what is asked for; return the exit status."""
    file = Path(arguments.json or kept.FILE)
    seed, is_swarm = arguments.seed or 0, not arguments.plain
    name = f"{'swarm' if is_swarm else 'plain'} {seed}"
    count, series = arguments.generated, kept.load(file)
    fates = series.setdefault(name, {})
    played = Played(count, seed, is_swarm=is_swarm)
    until = time.monotonic() + arguments.minutes * 60
    chosen = [one for one in MUTANTS.values() if is_of_an_implementation(one)]
    for gone in set(fates) - {one.id for one in chosen}:
        del fates[gone]
    for number, mutant in enumerate(chosen, 1):
        so_far = fates.get(mutant.id, NOTHING)
        if so_far.is_known(count):
            continue
        if time.monotonic() > until:
            print("mutants: time is up; the same command goes on from here", file=sys.stderr)
            return 1
        fates[mutant.id] = fate = played.fate_of(mutant, so_far)
        kept.write(series, file)
        said = fate.why or f"{fate.script or 'no script'} {' '.join(fate.broken)}"
        print(f"mutants: {number} of {len(chosen)}: {mutant.id}: {said}", file=sys.stderr)
    for count in STEPS:
        dead = killed(chosen, fates, count)
        print(f"{name}: after {count:4} scripts {dead} of {len(chosen)} killed")
    return 0
