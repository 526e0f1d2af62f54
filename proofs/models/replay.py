"""Runs of the models, followed step by step by the reference machines.

The intuition: SPIN searches a model to the end, but a model is not the code. So the models print
what they do, and the real machines do the same; at each step both must decide alike.

The use: `python -m proofs.models --replay [MODEL]`. Each model that has such lines runs a stated
number of times at random, from fixed seeds, some runs short and some long. `first_difference`
compares a run that somebody else made, such as the trail of a variant that is broken on purpose.

The complication: agreement about nothing is worthless. A kind of step, or a decision, that a model
can print and that no run has met makes the replay a failure of its own, as does a line that is not
understood.

Spec: `spec/sd.md`, `spec/sc.md`, `spec/ap.md`. Source: `replay_lines.py` for the language.
"""

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from proofs.models.catalogue import MODELS
from proofs.models.model import Model
from proofs.models.replay_directed import run_to
from proofs.models.replay_lines import MalformedLine, Step, steps_in, vocabulary_of
from proofs.models.replay_machines import Machines
from proofs.models.source import text_of
from proofs.models.spin import SpinFailed, run_tool
from proofs.search.bare import without_contracts

RUNS = 120
LENGTHS = (25, 50, 100, 200, 400, 800)
"""How many random runs each model makes, and how many steps they have, in turn."""
PROCESSES = 2
_LIMIT_S = 20
_SHOWN = 12


@dataclass(frozen=True)
class Difference:
    """Where a machine did something else than the model said; `history` is what came before."""

    step: Step
    did: str
    history: tuple[Step, ...]

    def __str__(self) -> str:
        lines = [f"    {step.text}" for step in self.history[-_SHOWN:]]
        if len(self.history) > _SHOWN:
            lines.insert(0, f"    ({len(self.history) - _SHOWN} lines before these)")
        said = " ".join(self.step.said) or "nothing"
        lines.append(f"    {self.step.text}")
        return "\n".join([*lines, f"    the model says: {said}", f"    the machine: {self.did}"])


@dataclass
class Replayed:
    """What came of the runs of one model: `agreed` counts (kind, word of the decision)."""

    model: str
    runs: int = 0
    steps: int = 0
    agreed: Counter[tuple[str, str]] = field(default_factory=Counter)
    difference: Difference | None = None
    command: str = ""


def first_difference(printed: str) -> tuple[tuple[Step, ...], Difference | None]:
    """Follow a run as SPIN printed it; return the steps that agreed, and the first that did not.

    A run may be cut anywhere. Raise `MalformedLine` for a line that is not of the language.
    """
    machines = Machines()
    agreed: list[Step] = []
    with without_contracts():
        for step in steps_in(printed):
            did = machines.follow(step)
            if did is not None:
                return tuple(agreed), Difference(step, did, tuple(agreed))
            agreed.append(step)
    return tuple(agreed), None


def simulated(model: Model, folder: Path, seed: int, length: int) -> str:
    """Return what a random run of `model` prints; raise `SpinFailed` if there was none.

    `folder` has a copy of the model in it, so that no run leaves files elsewhere.
    """
    command = ["spin", "-T", f"-n{seed}", f"-u{length}", f"{model.name}.pml"]
    text, status = run_tool(command, folder, _LIMIT_S)
    wrong = [line for line in text.splitlines() if line.startswith("spin:")]
    wrong = [line for line in wrong if "depth-limit" not in line]
    if wrong or re.search(r"^\d+ process(es)? created$", text, re.MULTILINE) is None:
        raise SpinFailed(f"no run of {model.name} (status {status}): {wrong or text[-300:]}")
    return text


def _runs(model: Model) -> Generator[tuple[int, int, str], None, None]:
    """Yield the random runs of `model`: seed, length, and what was printed."""
    with tempfile.TemporaryDirectory(prefix="stallproof-replay-") as folder:
        # SPIN writes the claims into a file of one fixed name, so each worker has its own folder.
        seeds = range(1, RUNS + 1)
        folders = [Path(folder) / str(place) for place in range(PROCESSES)]
        for each in folders:
            each.mkdir()
            (each / f"{model.name}.pml").write_text(text_of(model), "utf-8")
        with ThreadPoolExecutor(PROCESSES) as pool:
            for first in range(0, RUNS, PROCESSES):
                some = seeds[first : first + PROCESSES]
                lengths = [LENGTHS[seed % len(LENGTHS)] for seed in some]
                count = len(some)
                texts = pool.map(simulated, [model] * count, folders[:count], some, lengths)
                yield from zip(some, lengths, texts, strict=True)


def _follow(result: Replayed, text: str, command: str) -> None:
    """Follow one run, and add what came of it to `result`."""
    try:
        agreed, difference = first_difference(text)
    except MalformedLine as error:
        raise MalformedLine(f"{error} (in {command})") from error
    result.runs += 1
    result.steps += len(agreed)
    for step in agreed:
        words = [word for word in step.said if not word.lstrip("-").isdigit()]
        result.agreed.update((step.kind, word) for word in words or [""])
    if difference is not None:
        result.difference, result.command = difference, command


def replayed(model: Model) -> Replayed:
    """Follow the random runs of `model` up to the first difference."""
    result = Replayed(model.name)
    with closing(_runs(model)) as runs:
        for seed, length, text in runs:
            _follow(result, text, f"spin -T -n{seed} -u{length} spec/models/{model.name}.pml")
            if result.difference is not None:
                break
    return result


def preprocessed(model: Model) -> str:
    """Return the text of the unbroken `model` without its comments and its broken variants."""
    with tempfile.TemporaryDirectory(prefix="stallproof-replay-") as folder:
        (Path(folder) / "model.c").write_text(text_of(model), "utf-8")
        text, status = run_tool(["gcc", "-E", "-P", "-o", "model.i", "model.c"], Path(folder))
        if status != 0:
            raise SpinFailed(f"{model.name} does not get through the preprocessor: {text}")
        return (Path(folder) / "model.i").read_text("utf-8")


def unmet(model: Model, result: Replayed) -> list[tuple[str, str]]:
    """Return what `model` can print and no run of `result` has met, as (kind, word)."""
    vocabulary = vocabulary_of(preprocessed(model))
    wanted = {(kind, word) for kind, words in vocabulary.items() for word in words or {""}}
    return sorted(wanted - set(result.agreed))


def complete(model: Model, result: Replayed) -> list[str]:
    """Follow a run to each decision that no random run met; return what no run gets to at all."""
    wanted = [] if result.difference else unmet(model, result)
    missing: list[str] = []
    with ThreadPoolExecutor(PROCESSES) as pool:
        runs = [pool.submit(run_to, model, kind, word) for kind, word in wanted]
    for (kind, word), run in zip(wanted, runs, strict=True):
        if result.difference is None:
            try:
                _follow(result, run.result(), f"a run that is looked for: {kind} {word}")
            except SpinFailed as error:
                missing.append(f"{kind} {word} ({error})")
    if not result.difference and not result.steps:
        missing.append("any step at all")
    return missing


def _print(result: Replayed) -> None:
    by_kind: dict[str, list[str]] = {}
    for (kind, word), number in sorted(result.agreed.items()):
        by_kind.setdefault(kind, []).append(f"{number} {word}".strip())
    print(f"{result.model}: {result.steps} steps of {result.runs} runs agree")
    for kind, words in by_kind.items():
        print(f"  {kind:<11} {', '.join(words)}")


def _chosen(name: str | None) -> Sequence[Model]:
    return [model for model in MODELS if model.replayed and name in (None, model.name)]


def main(name: str | None = None) -> int:
    """Replay all models that can be, or the one called `name`, and return the exit status.

    0 all runs agree; 1 a machine and a model differ; 2 there is no such model to replay; 3 the
    replay shows nothing, since a line was not understood or something was never met.
    """
    models = _chosen(name)
    if not models:
        print(f"models: no model to replay: {name or 'any'}", file=sys.stderr)
        return 2
    status = 0
    for model in models:
        print(f"models: replaying {model.name}", file=sys.stderr)
        try:
            result = replayed(model)
            missing = complete(model, result)
        except MalformedLine as error:
            print(f"models: {model.name}: not understood: {error}", file=sys.stderr)
            status = status or 3
            continue
        _print(result)
        if result.difference is not None:
            print(f"  DIFFERENT, in {result.command}\n{result.difference}")
            status = 1
        if missing:
            print(f"  NEVER MET: {', '.join(missing)}")
            status = status or 3
    return status
