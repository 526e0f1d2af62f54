"""The concurrency models of `spec/model/`, searched by SPIN: `python -m proofs.models`."""
