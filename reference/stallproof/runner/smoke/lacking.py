"""What a harness does not declare, as the option that leaves it out of the verdict.

Spec: `spec/protocol.md` (`features`).
"""

from collections.abc import Collection, Iterator

from stallproof.requirements.registry import load_registry
from stallproof.runner.features import features_taken, lacking
from stallproof.runner.play import SCENARIOS


def without_line(features: Collection[str]) -> Iterator[str]:
    """Yield the sentence that ends with the option; nothing for who declares all `features`."""
    if names := lacking(features_taken(load_registry(), SCENARIOS, ()), features):
        yield f"What it does not declare is left out by: --without {','.join(names)}"
