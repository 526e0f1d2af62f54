"""stallproof: guardrails against stalled sends, their law, and an oracle that judges by it.

Start with `stallproof conform` on the command line; read `spec/` for the law.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
