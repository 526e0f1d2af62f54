"""The concurrency models of `spec/models/`, searched by SPIN: `python -m proofs.models`."""
