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


def load(file: Path = FILE) -> tuple[int, dict[str, Series]]:
    """Return how many scripts were played, and each series by its name; 0 and none of no file."""
    if not file.is_file():
        return 0, {}
    found = json.loads(file.read_text("utf-8"))
    series = {
        name: {one: Fate(each["script"], tuple(each["broken"]), each["why"])
               for one, each in fates.items()}
        for name, fates in found["series"].items()
    }  # fmt: skip
    return int(found["scripts"]), series


def write(scripts: int, series: dict[str, Series], file: Path = FILE) -> None:
    """Put down all series, one mutant a line."""
    parts = []
    for name, fates in series.items():
        lines = [f"  {json.dumps(one)}: {json.dumps(asdict(fates[one]))}" for one in sorted(fates)]
        parts.append(f" {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n }")
    text = ",\n".join(parts)
    file.write_text(f'{{"scripts": {scripts}, "series": {{\n{text}\n}}}}\n', "utf-8")
