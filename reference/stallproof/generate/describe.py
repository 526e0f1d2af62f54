"""A script in words, for whoever reads of a failure and not of a protocol."""

import json

from stallproof.requirements.vectors.format import Step, Vector
from stallproof.wire.units import ms


def in_words(vector: Vector) -> str:
    """Return what happens in `vector`, step by step, with the knobs that it sets."""
    knobs = ", ".join(f"{name} {json.dumps(value)}" for name, value in vector.knobs.items())
    begin = f"With {knobs}: " if knobs else ""
    return begin + "; ".join(f"at {ms(step.at_us)} {_said(step)}" for step in vector.steps)


def _said(step: Step) -> str:
    request = step.request(0)
    return "time has passed" if request is None else request.in_words()
