"""Naive models of the machines: they keep the whole history and work everything out anew."""
