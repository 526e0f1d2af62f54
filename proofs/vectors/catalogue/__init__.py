"""The scripts of all vectors, by group of requirements."""
