"""The command `python -m proofs mutants`: plant mistakes, and see each caught by its evidence.

Exit status: 0 every mistake that was run is caught, and every requirement has one; 1 one was
missed or does not fit, a requirement has none, or evidence fails without any mistake; 2 unusable
arguments; 3 anything else (evidence that crashed or ran out of time, an interrupt).
"""

import argparse
import json
import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from proofs.seeded import committed
from proofs.seeded.catalogue import SEEDED
from proofs.seeded.runner import Result, run_mistakes, run_unplanted
from proofs.seeded.seeded import KINDS, Seeded
from stallproof.requirements.registry import load_registry

EXAMPLES = """examples:
  python -m proofs mutants                      run every mistake and print the matrix
  python -m proofs mutants --only SD-3          those of one requirement, or one by its name
  python -m proofs mutants --part               a cheap part that hits every requirement
  python -m proofs mutants --stale --write      run what has changed and commit what came of it
"""


def _fail(status: int, message: str) -> NoReturn:
    print(f"seeded: {message}", file=sys.stderr)
    raise SystemExit(status)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m proofs mutants", description=__doc__, epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add = parser.add_argument
    add("--only", metavar="NAME|ID", action="append", help="this mistake, or this requirement's")
    add("--kind", choices=KINDS, help="those with this kind of evidence")
    add("--part", action="store_true", help="a cheap set that hits every requirement")
    add("--stale", action="store_true", help="those that changed since they were committed")
    add("--write", action="store_true", help="commit what came of it, after an unplanted run")
    add("--json", metavar="FILE", help="write the results as JSON as well; - is standard output")
    add("--list", action="store_true", help="list the mistakes and run none")
    return parser.parse_args(argv)


def titles() -> dict[str, str]:
    """Return the title of every requirement that must have a mistake, in the order of the law."""
    active = (one for one in load_registry().requirements if one.status == "active")
    return {one.id: one.title for one in active}


def _chosen(arguments: argparse.Namespace, ids: Sequence[str]) -> list[Seeded]:
    known = {one.name for one in SEEDED} | set(ids)
    for word in arguments.only or ():
        if word not in known:
            _fail(2, f"--only {word}: neither a mistake nor a requirement (see --list)")
    entries = committed.load()
    chosen = committed.part_of(SEEDED, ids, entries) if arguments.part else list(SEEDED)
    if arguments.only:
        asked = set(arguments.only)
        chosen = [one for one in chosen if asked & {one.name, *one.requirements}]
    if arguments.kind:
        chosen = [one for one in chosen if one.evidence.kind == arguments.kind]
    if arguments.stale:
        chosen = [one for one in chosen if committed.is_stale(one, entries)]
    return chosen


def _run(chosen: Sequence[Seeded], is_checked_unplanted: bool) -> Iterator[Result]:
    """Yield the results; evidence that fails without the mistake caught nothing."""
    failing: dict[object, str] = {}
    if is_checked_unplanted:
        print("seeded: the evidence without any mistake ...", file=sys.stderr)
        for one in run_unplanted([seeded.evidence for seeded in chosen]):
            if not one.passes:
                failing[one.evidence] = one.detail
                print(f"seeded: fails without a mistake: {one.evidence}", file=sys.stderr)
    for number, result in enumerate(run_mistakes(chosen), 1):
        seeded = result.seeded
        if seeded.evidence in failing:
            detail = f"the evidence fails without the mistake: {failing[seeded.evidence]}"
            result = Result(seeded, "broken", result.seconds, detail)
        print(
            f"seeded: {number} of {len(chosen)}: {result.verdict} {seeded.name}"
            f" ({seeded.evidence.kind}, {result.seconds:.1f} s)", file=sys.stderr,
        )  # fmt: skip
        yield result


def _print_matrix(results: Sequence[Result]) -> None:
    width = max((len(one.seeded.name) for one in results), default=0)
    for one in results:
        seeded = one.seeded
        print(
            f"{one.verdict:12} {one.seconds:6.1f} s  {seeded.name:{width}}"
            f" {','.join(seeded.requirements):12} {seeded.evidence.kind}: {seeded.evidence.target}"
        )
    for one in results:
        if one.verdict != "caught":
            print(f"\n{one.seeded.name}: {one.verdict}: {one.seeded.says}\n{one.detail}")
    caught = sum(one.verdict == "caught" for one in results)
    print(f"\n{caught} of {len(results)} mistakes caught")


def _write_json(results: Sequence[Result], file: str) -> None:
    entries = [
        {**asdict(one.seeded), "verdict": one.verdict, "seconds": one.seconds, "detail": one.detail}
        for one in results
    ]
    text = json.dumps(entries, indent=1) + "\n"
    if file == "-":
        sys.stdout.write(text)
    else:
        Path(file).write_text(text, "utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    arguments = _arguments(argv)
    requirements = titles()
    chosen = _chosen(arguments, list(requirements))
    if arguments.list:
        for one in chosen:
            print(f"{one.evidence.kind:8} {one.name} ({','.join(one.requirements)}): {one.says}")
        return 0
    if arguments.json not in (None, "-") and not Path(arguments.json).resolve().parent.is_dir():
        _fail(2, f"--json: there is no folder for {arguments.json}")
    hit = {each for one in SEEDED for each in one.requirements}
    is_whole = not (arguments.only or arguments.kind)
    if is_whole and (bare := [each for each in requirements if each not in hit]):
        _fail(1, f"no mistake is seeded for {', '.join(bare)}")
    order = {one.name: number for number, one in enumerate(chosen)}
    digests = {one.name: committed.digest_of(one) for one in chosen}
    results = sorted(_run(chosen, arguments.write), key=lambda one: order[one.seeded.name])
    if arguments.json != "-":
        _print_matrix(results)
    if arguments.json is not None:
        _write_json(results, arguments.json)
    if arguments.write:
        committed.write(results, SEEDED, digests=digests)
    verdicts = {one.verdict for one in results}
    if verdicts & {"missed", "does-not-fit"}:
        return 1
    return 3 if "broken" in verdicts else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        _fail(3, "interrupted; what had not ended says nothing")
    except Exception:
        # An exception would leave status 1, which is a verdict.
        traceback.print_exc()
        _fail(3, "this is a fault of the runner and no verdict")
