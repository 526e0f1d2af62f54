"""Check two JSON reports of one run: both fit the schema, and their verdicts are the same.

Used by `make judge`: python tests/reports/agree.py LIVE AGAIN
"""

import json
import sys
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from stallproof.requirements.registry import find_spec

# What only a live run knows.
LIVE_ONLY = ("volatile", "notes")


def load(path: str) -> dict[str, Any]:
    """Return the report in `path` if it fits the schema; raises `ValidationError` otherwise."""
    report: dict[str, Any] = json.loads(Path(path).read_bytes())
    schema = json.loads((find_spec() / "schemas" / "report.schema.json").read_bytes())
    Draft202012Validator(schema).validate(report)
    return report


def main() -> int:
    """Compare the two reports named on the command line; return the exit status."""
    live, again = (load(path) for path in sys.argv[1:3])
    for report in (live, again):
        for key in LIVE_ONLY:
            report.pop(key)
    different = [key for key in live if live[key] != again.get(key)]
    if different:
        print(f"The live run and its trace disagree about {', '.join(different)}.", file=sys.stderr)
        return 1
    print(f"The trace says the same as the live run: {live['verdict']}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
