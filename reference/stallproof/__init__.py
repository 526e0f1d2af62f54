"""stallproof: guardrails against stalled sends, formally specified, and an oracle that judges them.

Start with `stallproof conform` on the command line; read `spec/` for the law.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
