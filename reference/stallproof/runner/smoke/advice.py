"""What to do about a harness that broke, or that answered with an error what it declares."""

from collections.abc import Mapping

from stallproof.runner.sut.breakage import HarnessBroken, What
from stallproof.runner.sut.client import Unsupported

ADVICE: Mapping[What, str] = {
    "missing": "Name a program that can be started; `--cwd` says in which folder.",
    "died": "Run it by hand, and mend what ended it; what it says on standard error is shown here.",
    "hung": "See what it waits for: nothing may block its reader, nor the writer of its lines.",
    "garbage": "Standard output is for lines of the protocol alone: print to standard error.",
    "flood": "See what it says again and again; a run has fewer events than that.",
    "protocol": "Fields and types: `stallproof spec protocol`, and `stallproof spec trace`.",
}
"""For each way to break."""


def advice_on(error: Exception) -> str:
    """Return what to do about `error`, which ended a check."""
    if isinstance(error, HarnessBroken):
        return ADVICE[error.what]
    if isinstance(error, Unsupported):
        return "It declares all that this takes: carry it out, or leave the feature out of hello."
    return "It declares all that this takes: mend what its message speaks of."
