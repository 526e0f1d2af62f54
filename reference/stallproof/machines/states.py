"""How the pure machines declare their states: slotted, hashable, read-only to the type checker.

A really frozen dataclass costs three times as much to build, and a send builds one at every step.
`state` therefore promises immutability to mypy and leaves out the run-time guard; the tests build
the same classes really frozen and show that no machine ever assigns to one.
"""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, eq_default=True)
def state(cls: type[_T]) -> type[_T]:
    """Make `cls` a state of a pure machine: slots, equality, a hash, and read-only to mypy."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
