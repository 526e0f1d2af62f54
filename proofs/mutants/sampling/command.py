"""`python -m proofs mutants --random N`: draw edits, try them, tell what survived.

Exit status: 0 every edit that changes anything was caught; 1 some survived, or an equivalent fits
no edit any more; 2 unusable arguments; 3 anything else (no answer, an interrupt).
"""

import argparse
import json
import secrets
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from proofs.mutants.sampling import equivalents
from proofs.mutants.sampling.draw import FOLDERS, draw
from proofs.mutants.sampling.edits import PACKAGE, diff_of
from proofs.mutants.sampling.run import Result, try_all, without_false_catches

SEEDS = 1_000_000


def command(arguments: argparse.Namespace) -> int:
    """Draw and try what `arguments` say; return the exit status."""
    seed = secrets.randbelow(SEEDS) if arguments.seed is None else arguments.seed
    folders = [_folder(each) for each in arguments.folders or FOLDERS]
    for each in stale(folders):
        print(f"mutants: an equivalent that is none any more: {each}", file=sys.stderr)
    again = f"--random {arguments.random} --seed {seed}"
    again += "".join(f" --in {folder}" for folder in arguments.folders or ())
    print(f"mutants: drawn by {again}", file=sys.stderr)
    results: list[Result] = []
    edits = draw(arguments.random, seed, folders)
    # Whoever asks this process to end has it tidied up, also where a shell had Ctrl-C ignored.
    ends = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, signal.default_int_handler) for number in ends]
    try:
        for result in try_all(edits, is_wide=not arguments.near):
            results.append(result)
            print(_progress(len(results), len(edits), result), file=sys.stderr, flush=True)
        results = without_false_catches(results)
    except KeyboardInterrupt:
        tell(results, folders, again)
        raise
    finally:
        for number, handler in zip(ends, before, strict=True):
            signal.signal(number, handler)
    order = {edit: number for number, edit in enumerate(edits)}
    results.sort(key=lambda one: order[one.edit])
    if arguments.json != "-":
        tell(results, folders, again)
    if arguments.json is not None:
        _write(results, seed, arguments.json)
    return status_of(results, stale(folders))


def stale(folders: Sequence[str]) -> list[str]:
    """Return what is wrong with the committed equivalents in `folders`."""
    places = tuple(f"reference/stallproof/{folder}" for folder in folders)
    entries = [one for one in equivalents.load() if one.file.startswith(places)]
    return list(equivalents.unfit(entries))


def status_of(results: Sequence[Result], unfit: Sequence[str]) -> int:
    """Return the exit status: a survivor is a verdict, no answer is none."""
    verdicts = {one.verdict for one in results}
    if "survived" in verdicts or unfit:
        return 1
    return 3 if "broken" in verdicts else 0


def tell(results: Sequence[Result], folders: Sequence[str], again: str) -> None:
    """Print the survivors with their diffs, and how many were caught in each folder."""
    for one in results:
        if one.verdict in ("survived", "broken"):
            print(f"\n{one.verdict}: {one.edit.name}\n{diff_of(one.edit)}")
            if one.by:
                print(one.by)
    print()
    for folder in folders:
        inside = f"reference/stallproof/{folder}"
        here = [one for one in results if one.edit.file.startswith(inside)]
        judged = [one for one in here if one.verdict != "equivalent"]
        caught = sum(one.is_caught for one in judged)
        same = len(here) - len(judged)
        print(f"{folder:16} {caught} of {len(judged)} caught, {same} known to change nothing")
    print(f"again: python -m proofs mutants {again}")


def _progress(number: int, of: int, result: Result) -> str:
    edit = result.edit
    place = f"{edit.file.removeprefix('reference/stallproof/')}:{edit.line}"
    what = f"{result.verdict} {place} ({edit.kind}, {result.seconds:.1f} s)"
    return f"mutants: {number} of {of}: {what} {result.by if result.is_caught else ''}".rstrip()


def _folder(text: str) -> str:
    """Return the folder or module of the package that `text` names, with or without its place."""
    place = Path(text).resolve()
    if place.is_relative_to(PACKAGE) and place != PACKAGE:
        return str(place.relative_to(PACKAGE))
    if not (PACKAGE / text).exists():
        print(f"mutants: --in {text}: the package has no such folder", file=sys.stderr)
        raise SystemExit(2)
    return text.rstrip("/")


def _write(results: Sequence[Result], seed: int, file: str) -> None:
    entries = [
        {**asdict(one.edit), "diff": diff_of(one.edit),
         "verdict": one.verdict, "by": one.by, "seconds": one.seconds}
        for one in results
    ]  # fmt: skip
    text = json.dumps({"seed": seed, "edits": entries}, indent=1) + "\n"
    if file == "-":
        sys.stdout.write(text)
    else:
        Path(file).write_text(text, "utf-8")
