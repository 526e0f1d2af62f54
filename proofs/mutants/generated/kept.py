"""What generated scripts did to mutants, as it is committed: `proofs/evidence/generated.json`.

A way of drawing and a seed make a series; each has the fate of every mutant.
"""

import json
from dataclasses import asdict
from pathlib import Path

from proofs.mutants.generated.play import Fate

FILE = Path(__file__).resolve().parents[2] / "evidence" / "generated.json"
Series = dict[str, Fate]
"""The fate of each mutant, by its ID."""


def load(file: Path = FILE) -> dict[str, Series]:
    """Return each series by its name; none where there is no file."""
    found = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return {
        name: {
            one: Fate(**{**each, "broken": tuple(each["broken"])}) for one, each in fates.items()
        }
        for name, fates in found.items()
    }


def write(series: dict[str, Series], file: Path = FILE) -> None:
    """Put down all series, one mutant a line."""
    parts = []
    for name, fates in series.items():
        lines = [f"  {json.dumps(one)}: {json.dumps(asdict(fates[one]))}" for one in sorted(fates)]
        parts.append(f" {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n }")
    file.write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8")
