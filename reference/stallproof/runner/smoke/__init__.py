"""The smoke test of a harness: is it sound, before anything is said of what it stands for?

The intuition: most first harnesses break in the same few ways (they block their reader, print to
standard output, put no knob in force, say nothing when a send ends). Each way has a check of its
own here that takes a moment and says what to do, so that nobody has to read it off a verdict.

The use: `smoked(command)` returns one `Check` after another. None of them is a verdict on the
implementation: whether a send that a peer does not take ends in time is for the oracle to say.

Spec: `spec/protocol.md`.
"""

from stallproof.runner.smoke.check import Check, is_sound
from stallproof.runner.smoke.run import smoked

__all__ = ["Check", "is_sound", "smoked"]
