"""The theorem prover: what it is asked, in processes of their own, and its answers."""
