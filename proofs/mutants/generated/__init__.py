"""Mutants before generated scripts: how many of those that nobody aimed at a script kills."""
