"""Why a cell of the matrix is empty: the waivers of the law, one reason for each gap.

They stand beside the requirement (`*No model:*`), or at the head of a group for all of it. Where
virtual time cannot decide a requirement, no vector can speak of it. A reason whose gap has been
filled is an error, so that none of these outlives what it says.
"""

from collections.abc import Iterator

from proofs.traceability.gaps import Reason
from stallproof.requirements.registry import Registry, load_registry


def reasons(registry: Registry | None = None) -> tuple[Reason, ...]:
    """Return every reason, in the order of the law."""
    return tuple(_reasons(load_registry() if registry is None else registry))


def _reasons(registry: Registry) -> Iterator[Reason]:
    for group in registry.groups:
        ids = tuple(one.id for one in registry.requirements if one.group == group.id)
        for waiver in group.waivers:
            yield Reason(waiver.of, ids, waiver.reason, is_of_group=True)
    for one in registry.requirements:
        for waiver in one.waivers:
            yield Reason(waiver.of, (one.id,), waiver.reason)
        if one.id in registry.undecidable:
            yield Reason("vector", (one.id,), f"A vector plays in virtual time. {one.real_only}")
