"""Print the page of diagrams: `python -m proofs.diagrams`."""

import proofs.search  # noqa: F401  # A planted mistake has to come before the machines.
from proofs.diagrams.page import page

if __name__ == "__main__":
    print(page(), end="")
