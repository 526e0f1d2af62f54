"""The command `python -m proofs plays`: which situation of the law finds which mutant.

Exit status: 0 every situation has failed with some mutant, or there is a reason why none can make
it; 1 one has not; 2 unusable arguments; 3 an interrupt.
"""

import argparse
import sys
from collections.abc import Sequence

from proofs.mutants.catalogue import MUTANTS
from proofs.mutants.mutant import DoesNotFit
from proofs.mutants.plays import page, record
from proofs.mutants.plays.measure import NoReport, Situations, measured, to_run
from stallproof.requirements.registry import load_registry

EXAMPLES = """examples:
  python -m proofs plays                     list the situations that no mutant has failed
  python -m proofs plays --write             run mutants until each has, and commit what came of it
  python -m proofs plays --write --only CX   for these requirements alone
  python -m proofs plays --write --all       run every mutant, also those that were run (some hours)
  python -m proofs plays --page              print the page
"""


def situations() -> Situations:
    """Return the situations of every requirement in force, in the order of the law."""
    active = (one for one in load_registry().requirements if one.status == "active")
    return Situations({one.id: one.situation_names for one in active})


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m proofs plays", description=__doc__, epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add = parser.add_argument
    add("--only", metavar="ID", action="append", help="a requirement or a group")
    add("--write", action="store_true", help="run what lacks, and commit what came of it")
    add("--all", action="store_true", help="with --write: run every mutant anew")
    add("--page", action="store_true", help="print the page and run nothing")
    given = parser.parse_args(argv)
    if given.all and not given.write:
        parser.error("--all: only with --write")
    return given


def _run(asked: Situations, *, all_of_them: bool) -> None:
    entries = record.load(MUTANTS.values())
    for mutant in to_run(list(MUTANTS.values()), asked, entries, all_of_them=all_of_them):
        judged = [one for one in mutant.requirements if one in asked.of]
        try:
            entry = measured(mutant, judged)
        except (DoesNotFit, NoReport) as error:
            print(f"plays: {error}", file=sys.stderr)
            continue
        found = ", ".join(f"{one} {'/'.join(names)}" for one, names in entry.failed.items())
        print(f"plays: {mutant.id}: {found or 'nothing on sockets'}", file=sys.stderr)
        # A busy machine leaves much undecided: what was not found is looked for again.
        if entry.failed:
            entries[mutant.id] = entry
            record.write(entries)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    given = _arguments(argv)
    if given.page:
        sys.stdout.write(page.document(situations(), record.load(MUTANTS.values())))
        return 0
    try:
        chosen = load_registry().select(given.only) if given.only else None
    except ValueError as error:
        print(f"plays: {error}", file=sys.stderr)
        return 2
    whole = situations().of
    asked = Situations({one: whole[one] for one in whole if chosen is None or one in chosen})
    if given.write:
        try:
            _run(asked, all_of_them=given.all)
        except KeyboardInterrupt:
            print("plays: interrupted; what was run is committed", file=sys.stderr)
            return 3
    bare = page.bare(asked, record.load(MUTANTS.values()))
    for requirement, name in bare:
        print(f"{requirement} {name}: no mutant has failed it on sockets")
    return 1 if bare else 0


if __name__ == "__main__":
    sys.exit(main())
