"""Traceability: for each requirement everything that speaks for it, and a reason for each gap.

Run `python -m proofs.traceability`; it writes the matrix of `docs/traceability.md`.
"""
