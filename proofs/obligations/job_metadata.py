"""A job's metadata. Spec: `spec/md.md`."""

from proofs.prover.statement import Claim, obligation
from stallproof.machines import job_metadata
from stallproof.machines.job_metadata import FIELD, Action


@obligation("MD-1")
def md1_what_is_no_mapping_is_refused(value: int | bool | None) -> Claim:
    """A number, a boolean and null, alone or in the place of the list."""
    told = [job_metadata.decide(one) for one in (value, {FIELD: value})]
    return all(one.action is Action.REFUSE and one.reason for one in told)


@obligation("MD-1")
def md1_a_list_is_accepted_as_far_as_it_has_names(value: int | bool | None, wrong: bool) -> Claim:
    """A list of a name is accepted; with anything else behind the name it is refused."""
    told = job_metadata.decide({FIELD: ["a", *([value] if wrong else [])]})
    return (told.action is Action.ACCEPT) != wrong and told.clients == (() if wrong else ("a",))
