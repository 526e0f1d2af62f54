"""Mutants that nobody thought of: edits drawn at random, and what the nearest tests say of them.

The intuition: the catalogue holds the mistakes that somebody had in mind when the tests were
written. What tests miss, nobody had in mind. So edits are drawn blindly, and each that survives is
a hole in the tests or an edit that changes nothing.

The use: `python -m proofs mutants --random 40 --seed 7 --in drivers`.

The complication: an edit may change nothing that can be seen. Those that were drawn and understood
are committed with their reasons (`equivalents/`); they count neither as caught nor as survivors.
"""
