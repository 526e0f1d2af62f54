"""The one situation of a requirement in virtual time, and what belongs to hardened only.

A requirement is held in a case only where it alone told the implementation what to do, or what not
to do, and a plausible mistake would have done otherwise: a hold without such a moment is vacuous.
`connections.py`, `monitor.py` and `flows.py` name these moments with `exercise`; in words they
stand beside each requirement, under "In virtual time".

Spec: `spec/virtual.md`, "Exercised in virtual time".
"""

from stallproof.requirements.registry import load_registry
from stallproof.requirements.requirement import VIRTUAL as VIRTUAL

HARDENED = frozenset(one.id for one in load_registry().requirements if one.profile == "hardened")
