"""The page of the obligations with their committed verdicts."""

from proofs.prover import page, verdicts


def pages() -> dict[str, str]:
    """Return the page by its path."""
    return {"docs/ledger.md": page.document(verdicts.committed())}
