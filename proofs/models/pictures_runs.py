"""What SPIN said of the models when the pictures were made: `pictures.json`.

The intuition: pictures and page are pure functions of the catalogue and of this file, so a test can
make them again in no time; and the file says of which text of each model it speaks, so that it
cannot grow old unnoticed.

The use: `searched()` asks SPIN; `kept()` reads the file; `as_text` is what the file holds.

Spec: `spec/models/README.md`. Source: `checks.py` for verdicts, `trails.py` for runs.
"""

import hashlib
import json
from collections.abc import Iterable
from collections.abc import Sequence as Several
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from proofs.models import checks
from proofs.models.model import Model, Variant
from proofs.models.pictures_sequence import Message, Sequence, sequence_in
from proofs.models.source import text_of
from proofs.models.trails import trail_of

KEPT = Path(__file__).resolve().parents[1] / "evidence" / "pictures.json"
PROCESSES = 2

Runs = dict[str, Any]
"""By model: the digest of its text, the verdict of each claim, and of each variant the verdict and
the sequence of the run in which it fails."""


class NotAsItMustBe(Exception):
    """A claim does not hold, or a variant does not fail: there is nothing to show."""


def digest_of(model: Model) -> str:
    """Return what names the text of `model`."""
    return hashlib.sha256(text_of(model).encode("utf-8")).hexdigest()


def sequence_of(model: Model, variant: Variant) -> Sequence:
    """Return the sequence of the shortest run that SPIN finds in which `variant` fails."""
    return sequence_in(trail_of(model, variant))


def sequences(pairs: Several[tuple[Model, Variant]]) -> list[Sequence]:
    """Ask SPIN for the sequence of each model and variant, two at a time."""
    with ThreadPoolExecutor(PROCESSES) as pool:
        return list(pool.map(lambda pair: sequence_of(*pair), pairs))


def pictured(models: Iterable[Model]) -> list[tuple[Model, Variant]]:
    """Return the variants that have a picture, each with its model."""
    return [(model, each) for model in models for each in model.variants if each.pictured]


def searched(models: Several[Model]) -> Runs:
    """Search `models` anew; raise `NotAsItMustBe` unless all hold and all variants fail."""
    found = [each for some in checks.run(checks.jobs(models)) for each in some]
    wrong = [
        f"{each.model} {each.variant or ''} {each.claim}: {each.outcome} {each.detail}"
        for each in found
        if not each.is_as_it_must_be
    ]
    if wrong:
        raise NotAsItMustBe("\n".join(wrong))
    runs: Runs = {}
    for model in models:
        mine = [each for each in found if each.model == model.name]
        claims = {
            each.claim: {"verdict": each.outcome, "states": each.states}
            for each in sorted(mine, key=lambda each: each.claim)
            if each.variant is None
        }
        variants: Runs = {each.variant: {"verdict": each.outcome} for each in mine if each.variant}
        runs[model.name] = {"text": digest_of(model), "claims": claims, "variants": variants}
    pairs = pictured(models)
    for (model, variant), sequence in zip(pairs, sequences(pairs), strict=True):
        runs[model.name]["variants"][variant.name] |= {
            "messages": [[each.sender, each.receiver, each.words] for each in sequence.messages],
            "repeats_from": sequence.repeats_from,
        }
    return runs


def sequence_kept(runs: Runs, model: Model, variant: Variant) -> Sequence:
    """Return the sequence of a pictured variant in `runs`; a `KeyError` if there is none."""
    kept = runs[model.name]["variants"][variant.name]
    return Sequence(tuple(Message(*each) for each in kept["messages"]), kept["repeats_from"])


def as_text(runs: Runs) -> str:
    """Return `runs` as the file holds them."""
    return json.dumps(runs, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def kept() -> Runs:
    """Return the runs that were committed."""
    runs: Runs = json.loads(KEPT.read_text("utf-8"))
    return runs
