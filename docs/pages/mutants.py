"""The pages of the mutants: who catches each, the scripts found for them, and their plays."""

from proofs.mutants import committed
from proofs.mutants.__main__ import titles
from proofs.mutants.catalogue import MUTANTS
from proofs.mutants.generated import kept
from proofs.mutants.generated import page as scripts
from proofs.mutants.page import mutants_page
from proofs.mutants.plays import page as plays
from proofs.mutants.plays import record
from proofs.mutants.plays.__main__ import situations


def pages() -> dict[str, str]:
    """Return the three pages by their paths."""
    return {
        "docs/generated.md": scripts.document(MUTANTS.values(), kept.load()),
        "docs/mutants.md": mutants_page(MUTANTS.values(), titles(), committed.load()),
        "docs/plays.md": plays.document(situations(), record.load(MUTANTS.values())),
    }
