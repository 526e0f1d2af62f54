"""What a person and a program see of the checks: progress, a table, and the same as JSON."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TextIO

from proofs.models.checks import Checked, Job
from proofs.models.model import Model


def show_progress(done: Iterable[list[Checked]], total: int) -> Iterator[Checked]:
    """Pass the results on one by one, and say on standard error how far the run is."""
    for number, results in enumerate(done, 1):
        for each in results:
            if not each.is_as_it_must_be:
                name = each.model if each.variant is None else f"{each.model}/{each.variant}"
                print(f"models: {name}: {each.claim}: {each.outcome}", file=sys.stderr)
        if number % 10 == 0 or number == total:
            print(f"models: {number} of {total}", file=sys.stderr)
        yield from results


def in_order(results: Iterable[Checked], todo: Sequence[Job]) -> list[Checked]:
    """Return `results` in the order of the catalogue."""
    order: dict[tuple[str, str | None], int] = {}
    for job in todo:
        name = None if job.variant is None else job.variant.name
        order.setdefault((job.model.name, name), len(order))
    claims = {
        (job.model.name, claim.name): number
        for job in todo
        for number, claim in enumerate(job.model.claims)
    }
    return sorted(
        results,
        key=lambda each: (
            order[each.model, each.variant], claims.get((each.model, each.claim), len(claims))
        ),
    )  # fmt: skip


def exit_status(results: Iterable[Checked]) -> int:
    """Return 0 if all is as it must be, 3 if there was an error or nothing at all, else 1."""
    outcomes = [each.outcome for each in results]
    if not outcomes or "error" in outcomes:
        return 3
    return 0 if all(outcome in ("holds", "fails as it must") for outcome in outcomes) else 1


def _number(value: int | None) -> str:
    return "-" if value is None else str(value)


def print_table(results: Sequence[Checked], seconds: float, *, to: TextIO) -> None:
    """Print a line a search, what is not as it must be, and the sum of it."""
    rows: list[tuple[str, ...]] = [
        ("model", "claim", "requirements", "states", "transitions", "depth", "s", "verdict")
    ]
    for each in results:
        name = each.model if each.variant is None else f"{each.model} - {each.variant}"
        numbers = [_number(value) for value in (each.states, each.transitions, each.depth)]
        rows.append(
            (name, each.claim, " ".join(each.requirements), *numbers, f"{each.seconds:.1f}",
             each.outcome)
        )  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.rjust(width) if 3 <= column <= 6 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip(), file=to)
    bad = [each for each in results if not each.is_as_it_must_be]
    for each in bad:
        variant = "" if each.variant is None else f" - {each.variant}"
        print(f"{each.model}{variant}, {each.claim}: {each.outcome}: {each.detail}", file=to)
    states = sum(each.states or 0 for each in results if each.variant is None)
    print(
        f"\n{len(results)} searches, {len(bad)} not as they must be; {states} states of the "
        f"unbroken models; {seconds:.0f} s",
        file=to,
    )


def as_json(results: Sequence[Checked], spin: str, seconds: float) -> str:
    """Return `results` for a program, with the version of SPIN and how long it took in all."""
    entries = [asdict(each) for each in results]
    whole = {"spin": spin, "seconds": round(seconds, 1), "checks": entries}
    return json.dumps(whole, indent=1) + "\n"


def listing(models: Iterable[Model]) -> str:
    """Return the models with their claims and variants, a line each."""
    lines: list[str] = []
    for model in models:
        lines.append(f"{model.name}: {model.says}")
        lines += [
            f"  claim    {claim.name} ({', '.join(claim.requirements)}): {claim.says}"
            for claim in model.claims
        ]
        lines += [
            f"  variant  {each.name} breaks {each.breaks}: {each.says}" for each in model.variants
        ]
    return "\n".join(lines) + "\n"
