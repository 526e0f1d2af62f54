"""What a model claims, and the variants of it that are broken on purpose.

The intuition: a claim that holds says little until a mistake is shown that breaks it; so a model
names both, and each claim has at least one variant that must violate it.

The use: each file of `proofs/models/catalogue/` exports one `MODEL` for `spec/models/<name>.pml`.

The complication: claims and variants exist twice, here and in the model's own text, so that a
reviewer can read and run the model alone; `proofs/models/source.py` compares the two.

Spec: the requirements that each claim names. Source: `spec/models/README.md`.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["safety", "liveness"]
"""A safety claim is searched without fairness, a liveness claim under weak fairness."""


@dataclass(frozen=True)
class Claim:
    """A named `ltl` formula of a model: a law, and the requirements that it speaks for."""

    name: str
    requirements: tuple[str, ...]
    says: str
    kind: Kind


@dataclass(frozen=True)
class Variant:
    """A mistake that `-DBREAK_<NAME>` builds into a model, and the claim that it must violate."""

    name: str
    says: str
    breaks: str
    pictured: bool = True

    @property
    def define(self) -> str:
        """Return the name of the preprocessor that turns the mistake on."""
        return "BREAK_" + self.name.upper()


@dataclass(frozen=True)
class Model:
    """One model in `spec/models/`: what it shows, its claims, and its variants.

    `replayed` says that it prints the `#` lines that the reference machines can follow.
    `sizes` names the constants of its text that say how much of everything there is.
    `unreached` declares statements of the unbroken model that no run needs to reach, each as the
    text that SPIN prints for it; whatever else is unreached is refused.
    """

    name: str
    says: str
    claims: tuple[Claim, ...]
    variants: tuple[Variant, ...]
    replayed: bool
    sizes: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()

    def claim(self, name: str) -> Claim:
        """Return the claim called `name`; a `KeyError` if there is none."""
        for claim in self.claims:
            if claim.name == name:
                return claim
        raise KeyError(name)

    def variant(self, name: str) -> Variant:
        """Return the variant called `name`; a `KeyError` if there is none."""
        for variant in self.variants:
            if variant.name == name:
                return variant
        raise KeyError(name)
