"""Conformance vectors: short scripts of timed requests with the decisions expected of each."""
