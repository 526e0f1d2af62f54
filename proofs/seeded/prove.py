"""Ask the prover one question: `python -m proofs.seeded.prove OBLIGATION [MISTAKE]`.

Status 0: the obligation was confirmed; 1: it was refuted; 3: neither (too little time, an error).
With the name of a mistake (`proofs/mistakes.py`) the question is about the wrong code.
"""

import sys

from proofs.prover.ask import carry_out
from proofs.prover.question import Task

CONFIRMED, REFUTED, NEITHER = 0, 1, 3


def main(obligation: str, mistake: str | None) -> int:
    """Return the status of one question, and print what the prover said."""
    answer = carry_out(Task(obligation, "mistake" if mistake else "proof", mistake))
    print(answer.verdict, answer.detail)
    if answer.verdict == ("refuted-as-expected" if mistake else "confirmed"):
        return REFUTED if mistake else CONFIRMED
    if mistake and answer.detail.startswith("CONFIRMED"):
        return CONFIRMED
    if not mistake and answer.detail.startswith("POST_FAIL"):
        return REFUTED
    return NEITHER


if __name__ == "__main__":
    try:
        status = main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
    except Exception as error:
        print(f"error: {error!r}", file=sys.stderr)
        status = NEITHER
    sys.exit(status)
