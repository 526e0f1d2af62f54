"""State diagrams drawn from the machines themselves.

Nobody draws these: the search walks through a machine, every move is reduced to the few states and
facts that a reader cares about, and what is left are the arrows. A changed machine has changed
diagrams. `python -m proofs.diagrams` prints the page, and `make docs` makes it a part of the site.
"""
