"""Mutants: one catalogue of small wrong edits, each with the evidence that must catch it."""
