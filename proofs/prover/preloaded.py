"""What the fork server imports: the prover, asked once already, so that no task has to wait for it.

Only the fork server may import this; see `proofs.prover.ask`.
"""

from proofs.prover import ask

ask.warm_up()
