"""Conformance vectors: short scripts of timed requests with the decisions expected of each."""

from stallproof.requirements.vectors.errors import VectorError
from stallproof.requirements.vectors.format import Step, Vector
from stallproof.requirements.vectors.installed import load_all
from stallproof.requirements.vectors.reading import read_vector, write_vector

__all__ = ["Step", "Vector", "VectorError", "load_all", "read_vector", "write_vector"]
