"""Generated scripts on a cluster: what `run_generated` takes as `elsewhere`."""

from collections.abc import Iterator, Sequence
from functools import partial

from stallproof.cluster.connection import Cluster
from stallproof.cluster.work import identity, play
from stallproof.generate.parts import Part, PartPlayed
from stallproof.runner.sut.command import REFERENCE_COMMAND


def played_on(cluster: Cluster, parts: Sequence[Part]) -> Iterator[PartPlayed]:
    """Yield what comes of `parts`, in their order; raises `ClusterError`."""
    if not parts:
        return
    command = parts[0].command
    is_reference = tuple(command) == REFERENCE_COMMAND
    cluster.require_fit(None if is_reference else command[0], command.cwd)
    function = partial(play, theirs=identity(), is_reference=is_reference)
    yield from cluster.in_order(function, parts)
