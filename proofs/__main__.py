"""The evidence, made and shown: `python -m proofs COMMAND`, each with `--help` of its own."""

import importlib
import sys
from collections.abc import Sequence

COMMANDS: dict[str, tuple[str, str]] = {
    "prove": ("proofs.prover.__main__", "ask the prover about the laws of the pure machines"),
    "search": ("proofs.search.__main__", "search all histories of the machines, to a bound"),
    "models": ("proofs.models.__main__", "check the models of the threads with SPIN"),
    "mutants": ("proofs.mutants.__main__", "plant mutants, and see each caught"),
    "plays": ("proofs.mutants.plays.__main__", "which situation of the law finds which mutant"),
    "traceability": ("proofs.traceability.__main__", "what speaks for a requirement, what lacks"),
    "results": ("proofs.results.__main__", "judge implementations and record how they came out"),
    "cost": ("proofs.traceability.cost", "the hand-written files that name a requirement"),
}
"""What there is: the module whose `main` carries it out, and what it does."""


def main(argv: Sequence[str] | None = None) -> int:
    """Hand the rest of the arguments to a command and return its exit status."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given and given[0] in COMMANDS:
        module = importlib.import_module(COMMANDS[given[0]][0])
        return int(module.main(given[1:]))
    is_asked = given[:1] in (["--help"], ["-h"])
    to = sys.stdout if is_asked else sys.stderr
    print(f"{__doc__}\n", file=to)
    for name, (_module, says) in COMMANDS.items():
        print(f"  {name:13} {says}", file=to)
    return 0 if is_asked else 2


if __name__ == "__main__":
    sys.exit(main())
