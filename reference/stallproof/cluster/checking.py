"""Traces that are judged on a cluster: what `check_traces` takes as `elsewhere`."""

from collections.abc import Iterator
from functools import partial

from stallproof.cluster.connection import Cluster
from stallproof.cluster.work import identity, judge
from stallproof.judge.chunks import Chunk, ChunkJudged


def judged_on(cluster: Cluster, chunks: Iterator[Chunk]) -> Iterator[ChunkJudged]:
    """Yield what is seen in `chunks`, in their order; raises `ClusterError`."""
    cluster.require_fit(None)
    yield from cluster.in_order(partial(judge, theirs=identity()), chunks)
