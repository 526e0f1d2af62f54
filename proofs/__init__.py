"""The proof gate: what is proved of the reference machines, and the mistakes it must catch.

Run `python -m proofs`; read `proofs/README.md`.
"""
