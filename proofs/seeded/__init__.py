"""Seeded mistakes: named patches of the reference, each with the evidence that must catch it."""
