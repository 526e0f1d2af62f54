"""What a program may ask of the oracle: to judge an implementation, a trace, or events.

Everything here is reached by way of `stallproof` itself, and is promised there (`docs/api.md`).
"""
