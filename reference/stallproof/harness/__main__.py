"""Run the reference implementation as a harness on standard input and output."""

from stallproof.harness.reference import Reference
from stallproof.harness.server import main

if __name__ == "__main__":
    main(Reference)
