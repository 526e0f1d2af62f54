"""The command `python -m proofs mutants`: plant mutants, and see each caught by its evidence.

Exit status: 0 every mutant that was run is caught, and every requirement has one; 1 one was missed
or does not fit, a requirement has none, or evidence fails without any mutant; 2 unusable arguments;
3 anything else (evidence that crashed or ran out of time, an interrupt).
"""

import argparse
import json
import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from proofs.mutants import committed, page
from proofs.mutants.catalogue import MUTANTS
from proofs.mutants.evidence import Trial
from proofs.mutants.generated import command as generated
from proofs.mutants.mutant import KINDS
from proofs.mutants.run import Result, run_mutants, run_unmutated
from proofs.mutants.sampling.command import command
from proofs.mutants.sampling.draw import FOLDERS
from stallproof.requirements.registry import load_registry

EXAMPLES = """examples:
  python -m proofs mutants                      run every mutant and print the matrix
  python -m proofs mutants --only SD-3          those of one requirement, or one by its ID
  python -m proofs mutants --kind vectors       those with this kind of evidence
  python -m proofs mutants --part               a cheap part that hits every requirement
  python -m proofs mutants --stale --write      run what has changed and commit what came of it
  python -m proofs mutants --page               print the page of all mutants
  python -m proofs mutants --random 40          draw edits, and list those that no test notices
  python -m proofs mutants --random 60 --seed 7 --in drivers --in judge/model
                                                the same ones again, of these folders alone
"""


def _fail(status: int, message: str) -> NoReturn:
    print(f"mutants: {message}", file=sys.stderr)
    raise SystemExit(status)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m proofs mutants", description=__doc__, epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add = parser.add_argument
    add(
        "--only",
        metavar="ID",
        action="append",
        help="this mutant, requirement's or sentence's",
    )
    add("--kind", choices=KINDS, help="only this kind of evidence")
    add("--part", action="store_true", help="a cheap set that hits every requirement")
    add("--stale", action="store_true", help="those that changed since they were committed")
    add("--write", action="store_true", help="commit what came of it, after an unmutated run")
    add("--json", metavar="FILE", help="write the results as JSON as well; - is standard output")
    add("--list", action="store_true", help="list the mutants and run none")
    add("--page", action="store_true", help="print the page of all mutants and run none")
    drawn = parser.add_argument_group(
        "edits that nobody thought of", "drawn by chance; the nearest tests are asked about each"
    )
    drawn.add_argument("--random", metavar="N", type=int, help="draw N edits and try them")
    drawn.add_argument("--seed", metavar="S", type=int, help="draw the same again; else a new one")
    drawn.add_argument(
        "--in", dest="folders", metavar="FOLDER", action="append",
        help=f"of this folder or file of the package; by default {', '.join(FOLDERS)}, equally",
    )  # fmt: skip
    drawn.add_argument("--near", action="store_true", help="ask the nearest tests alone")
    made = parser.add_argument_group(
        "generated scripts", "each mutant is put through the same scripts, until one breaks it"
    )
    made.add_argument("--generated", metavar="N", type=int, help="put mutants through N scripts")
    made.add_argument("--plain", action="store_true", help="each script may use everything")
    made.add_argument("--minutes", type=float, default=600.0, help="end after so long, and go on")
    return parser.parse_args(argv)


def _random(arguments: argparse.Namespace) -> int:
    """Draw edits; return the exit status. Raises `SystemExit` for arguments that do not go."""
    if arguments.random < 1:
        _fail(2, f"--random {arguments.random}: at least one")
    given = [each for each in ("only", "kind", "part", "stale", "write", "list", "page")
             if getattr(arguments, each)]  # fmt: skip
    if given:
        _fail(2, f"--random: --{given[0]} chooses from the catalogue")
    return command(arguments)


def _check_json(file: str | None) -> None:
    if file not in (None, "-") and not Path(file).resolve().parent.is_dir():
        _fail(2, f"--json: there is no folder for {file}")


def titles() -> dict[str, str]:
    """Return the title of every requirement that must have a mutant, in the order of the law."""
    active = (one for one in load_registry().requirements if one.status == "active")
    return {one.id: one.title for one in active}


def _chosen(arguments: argparse.Namespace, ids: Sequence[str]) -> list[Trial]:
    sentences = {each for one in MUTANTS.values() for each in one.sentences}
    for word in arguments.only or ():
        if word not in {*MUTANTS, *ids, *sentences}:
            _fail(2, f"--only {word}: no mutant, requirement, or sentence with one (see --list)")
    entries = committed.load()
    chosen = committed.trials_of(MUTANTS.values())
    if arguments.part:
        chosen = committed.part_of(chosen, ids, entries)
    if arguments.only:
        asked = set(arguments.only)
        chosen = [
            one
            for one in chosen
            if asked & {one.mutant.id, *one.mutant.requirements, *one.mutant.sentences}
        ]
    if arguments.kind:
        chosen = [one for one in chosen if one.evidence.kind == arguments.kind]
    if arguments.stale:
        able = [one for one in chosen if one.evidence.kind in committed.COMMITTED]
        chosen = [one for one in able if committed.is_stale(one, entries)]
    return chosen


def _run(chosen: Sequence[Trial], is_checked_unmutated: bool) -> Iterator[Result]:
    """Yield the results; evidence that fails without the mutant caught nothing."""
    failing: dict[Trial, str] = {}
    if is_checked_unmutated:
        print("mutants: the evidence without any mutant ...", file=sys.stderr)
        for one in run_unmutated(chosen):
            if not one.passes:
                failing |= dict.fromkeys(one.trials, one.detail)
                print(f"mutants: fails without one: {one.trials[0].evidence}", file=sys.stderr)
    for number, result in enumerate(run_mutants(chosen), 1):
        trial = result.trial
        if trial in failing:
            detail = f"the evidence fails without the mutant: {failing[trial]}"
            result = Result(trial, "broken", result.seconds, detail)
        print(
            f"mutants: {number} of {len(chosen)}: {result.verdict} {trial.mutant.id}"
            f" ({trial.evidence.kind}, {result.seconds:.1f} s)", file=sys.stderr,
        )  # fmt: skip
        yield result


def _print_matrix(results: Sequence[Result]) -> None:
    width = max((len(one.trial.mutant.id) for one in results), default=0)
    for one in results:
        mutant = one.trial.mutant
        print(
            f"{one.verdict:12} {one.seconds:6.1f} s  {mutant.id:{width}}"
            f" {','.join(mutant.requirements):12} {one.trial.evidence}"
        )
    for one in results:
        if one.verdict != "caught":
            mutant = one.trial.mutant
            print(f"\n{mutant.id}: {one.verdict}: {mutant.says}\n{one.detail}")
    caught = sum(one.verdict == "caught" for one in results)
    print(f"\n{caught} of {len(results)} caught")


def _write_json(results: Sequence[Result], file: str) -> None:
    entries = [
        {
            **asdict(one.trial.mutant), "requirements": one.trial.mutant.requirements,
            "evidence": str(one.trial.evidence),
            "verdict": one.verdict, "seconds": one.seconds, "detail": one.detail,
        }
        for one in results
    ]  # fmt: skip
    text = json.dumps(entries, indent=1) + "\n"
    if file == "-":
        sys.stdout.write(text)
    else:
        Path(file).write_text(text, "utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status, or raise `SystemExit` with it."""
    try:
        return _main(argv)
    except KeyboardInterrupt:
        _fail(3, "interrupted; what had not ended says nothing")
    except Exception:
        # An exception would leave status 1, which is a verdict.
        traceback.print_exc()
        _fail(3, "this is a fault of the runner and no verdict")


def _main(argv: Sequence[str] | None) -> int:
    arguments = _arguments(argv)
    _check_json(arguments.json)
    if arguments.random is not None:
        return _random(arguments)
    if arguments.generated is not None:
        return generated.command(arguments)
    requirements = titles()
    if arguments.page:
        sys.stdout.write(page.mutants_page(MUTANTS.values(), requirements, committed.load()))
        return 0
    chosen = _chosen(arguments, list(requirements))
    if arguments.list:
        for one in chosen:
            mutant = one.mutant
            needs = ",".join(mutant.requirements)
            print(f"{mutant.id} ({needs}): {mutant.says}; {one.evidence}")
        return 0
    hit = {each for one in MUTANTS.values() for each in one.requirements}
    is_whole = not (arguments.only or arguments.kind)
    if is_whole and (bare := [each for each in requirements if each not in hit]):
        _fail(1, f"there is no mutant for {', '.join(bare)}")
    return _judged(chosen, arguments)


def _judged(chosen: Sequence[Trial], arguments: argparse.Namespace) -> int:
    """Run the trials that were chosen, tell and commit what came of them; return the status."""
    order = {one: number for number, one in enumerate(chosen)}
    digests = {committed.key_of(one): committed.digest_of(one) for one in chosen}
    results = sorted(_run(chosen, arguments.write), key=lambda one: order[one.trial])
    if arguments.json != "-":
        _print_matrix(results)
    if arguments.json is not None:
        _write_json(results, arguments.json)
    if arguments.write:
        committed.write(results, MUTANTS.values(), digests=digests)
    verdicts = {one.verdict for one in results}
    if verdicts & {"missed", "does-not-fit"}:
        return 1
    return 3 if "broken" in verdicts else 0


if __name__ == "__main__":
    sys.exit(main())
