"""What stands in the place of a proof, for each requirement that no pure decision can satisfy.

A proof is about a decision of a machine that takes its inputs as arguments. Which system call
waits, which clock is read, what threads share and what a library reports are no such decisions.
The reasons stand in the law, beside the requirement: `*No proof:*`.
"""

from collections.abc import Mapping

from proofs.prover.statement import REGISTERED
from stallproof.requirements.registry import load_registry, waiver_of


def unproved() -> dict[str, str]:
    """Return the reason by requirement; exactly those that no obligation serves must have one."""
    found = {one.id: waiver_of(one.waivers, "proof") for one in load_registry().requirements}
    return {requirement: reason for requirement, reason in found.items() if reason is not None}


def requirement_ids() -> list[str]:
    """Return the ID of every requirement in the order of the registry."""
    return [one.id for one in load_registry().requirements]


def complaints(reasons: Mapping[str, str] | None = None) -> list[str]:
    """Return each requirement that has neither a proof nor a reason, or both, or does not exist."""
    given = unproved() if reasons is None else reasons
    known = requirement_ids()
    served = {each for obligation in REGISTERED.values() for each in obligation.requirements}
    found = [
        f"{each}: no proof, and no reason why" for each in known if each not in {*given, *served}
    ]
    found += [f"{each}: a reason, although it is proved" for each in given if each in served]
    found += [f"{each}: no such requirement" for each in sorted({*given, *served} - {*known})]
    return found
