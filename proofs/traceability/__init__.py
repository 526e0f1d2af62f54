"""Traceability: for each requirement everything that speaks for it, and a reason for each gap.

`python -m proofs traceability` says what is wrong with the matrix; `make docs` makes the page.
"""
