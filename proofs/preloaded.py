"""What the fork server imports: the prover, asked once already, so that no task has to wait for it.

Only the fork server may import this; see `proofs.worker`.
"""

from proofs import worker

worker.warm_up()
