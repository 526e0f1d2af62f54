"""The broken variants of the models, as mutants of their texts.

Their one list is `proofs/models/catalogue/`, where each claim stands beside the variants that break
it. A variant lies in the model's own text and is built in by a definition before it.
"""

from proofs.models.catalogue import MODELS
from proofs.mutants.mutant import Mutant

MUTANTS = tuple(
    Mutant(
        id=f"{model.name}_{variant.name}",
        file=f"spec/models/{model.name}.pml",
        says=variant.says,
        breaks=model.claim(variant.breaks).requirements,
        caught_by=(f"spin:{model.name}/{variant.breaks}",),
        old="",
        new=f"#define {variant.define}\n",
    )
    for model in MODELS
    for variant in model.variants
)
