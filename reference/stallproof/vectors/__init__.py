"""Conformance vectors: short scripts of timed requests with the decisions expected of each."""

from stallproof.vectors.errors import VectorError
from stallproof.vectors.format import Step, Vector
from stallproof.vectors.installed import load_all
from stallproof.vectors.reading import read_vector, write_vector

__all__ = ["Step", "Vector", "VectorError", "load_all", "read_vector", "write_vector"]
