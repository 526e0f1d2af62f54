"""The proof gate: what is proved of the reference machines, and the mutants it must catch.

Run `python -m proofs`; read `proofs/README.md`.
"""
