"""The reference implementation behind the harness protocol: `python -m stallproof.harness`."""
