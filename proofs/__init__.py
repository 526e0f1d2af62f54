"""The proof gate: what is proved of the reference machines, and the mutants it must catch.

`python -m proofs` names the commands; read `proofs/README.md`.
"""
