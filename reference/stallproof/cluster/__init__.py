"""Judging on the machines of a Dask cluster that is there already (`stallproof[dask]`).

The intuition: generated scripts and runs of a trace say nothing of each other. So they are parted
as they are anyway, the parts are played or judged by workers, and what came of them is put together
here in their order: the report is that of one process, to the letter.

The complication: a worker may die at any moment, and its harness must not stay behind; and a worker
that has another law, or no harness, must not judge at all.

Spec: `spec/README.md` (verdicts); `docs/cluster.md`.
"""
