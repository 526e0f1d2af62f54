"""The command: `python -m proofs search [--only SEARCH] [--quick] [--json FILE] [--list]`.

Exit status: 0 every search passed; 1 a law was broken, or an event, a decision or a law's situation
was never reached; 2 unusable arguments; 3 something broke (a search met its limit, a process died,
assertions are off).

Examples:
  python -m proofs search
  python -m proofs search --only stream --json build/search.json
  python -m proofs mutants --kind search        what it finds in machines that are wrong
"""

import argparse
import json
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from proofs.search import SEARCHES, printed
from proofs.search.outcome import as_entry, exit_status
from proofs.search.running import run

BROKE = 3


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m proofs search",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--only", metavar="SEARCH", choices=SEARCHES, help=f"one of: {', '.join(SEARCHES)}"
    )
    parser.add_argument("--quick", action="store_true", help="only the quick settings, in seconds")
    parser.add_argument("--json", metavar="FILE", help="write the result there; - is stdout")
    parser.add_argument("--list", action="store_true", help="list settings and laws and end")
    arguments = parser.parse_args(argv)
    if arguments.json not in (None, "-") and not Path(arguments.json).resolve().parent.is_dir():
        parser.error(f"--json: there is no folder for {arguments.json}")
    return arguments


def main(argv: Sequence[str] | None = None) -> int:
    """Search and return the exit status."""
    arguments = _arguments(argv)
    if not __debug__:
        print("search: assertions are off (python -O)", file=sys.stderr)
        return BROKE
    searches = [SEARCHES[arguments.only]] if arguments.only else list(SEARCHES.values())
    if arguments.list:
        for search in searches:
            print(*printed.listed(search), sep="\n")
        return 0
    began_s = time.monotonic()
    try:
        outcomes = run(searches, quick=arguments.quick)
    except Exception:
        traceback.print_exc()
        print("search: the search itself broke; this is no verdict", file=sys.stderr)
        return BROKE
    seconds = round(time.monotonic() - began_s, 1)
    to = sys.stderr if arguments.json == "-" else sys.stdout
    for outcome in outcomes:
        print(*printed.report(outcome), "", sep="\n", file=to)
    print(printed.summary(outcomes, seconds), file=to)
    entries = {"seconds": seconds, "searches": [as_entry(outcome) for outcome in outcomes]}
    text = json.dumps(entries, indent=1, default=lambda value: value.value) + "\n"
    if arguments.json == "-":
        sys.stdout.write(text)
    elif arguments.json is not None:
        Path(arguments.json).write_text(text, "utf-8")
    return exit_status(outcomes)


if __name__ == "__main__":
    sys.exit(main())
