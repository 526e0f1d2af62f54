"""What a requirement costs: the hand-written files that name it, and the lines that do.

The intuition: whoever changes a requirement has to look at every file that names it. So a file
names one where it says something of it, and the number is kept small.

Left out: vectors, and what else a program writes or fills (data, schemas), and the changelog.

examples:
  python -m proofs cost             each requirement, and the median
  python -m proofs cost SD-6 CX-2   the files of these, with their lines

exit status: 0 printed; 2 unusable arguments; 3 the files cannot be listed
"""

import argparse
import re
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from proofs.traceability.evidence import ROOT, active

ID = re.compile(r"\b(?:[A-Z]{2})-[1-9][0-9]*\b")
DATA = re.compile(r"^(?:spec/.*\.json|proofs/evidence/.*|tests/.*\.json|CHANGELOG\.md|LICENSE)$")
SUFFIXES = {
    ".py",
    ".md",
    ".pml",
    ".c",
    ".h",
    ".js",
    ".mjs",
    ".go",
    ".rs",
    ".toml",
    ".yml",
    ".sh",
    "",
}

Named = dict[str, dict[str, int]]
"""By requirement the files that name it, each with how many of its lines do."""


def handwritten(root: Path = ROOT) -> list[str]:
    """Return the files that people write; raises `OSError` and `CalledProcessError`."""
    command = ("git", "ls-files", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    names = sorted(set(listed.splitlines()))
    return [
        name
        for name in names
        if not DATA.match(name) and Path(name).suffix in SUFFIXES and (root / name).is_file()
    ]


def named_in(files: Iterable[tuple[str, str]], known: Iterable[str]) -> Named:
    """Return which of the requirements `known` the files, each with its text, name."""
    found: Named = {one: {} for one in known}
    for path, text in files:
        for line in text.splitlines():
            for one in set(ID.findall(line)) & found.keys():
                found[one][path] = found[one].get(path, 0) + 1
    return found


def measured(root: Path = ROOT) -> Named:
    """Return what the files of the project name now."""
    files = ((name, (root / name).read_text("utf-8", "replace")) for name in handwritten(root))
    return named_in(files, [one.id for one in active()])


def median(found: Mapping[str, Mapping[str, int]]) -> float:
    """Return the median of the numbers of files."""
    return statistics.median(len(files) for files in found.values())


def by_folder(found: Mapping[str, Mapping[str, int]]) -> dict[str, float]:
    """Return how many files of a folder name a requirement, on average; the greatest first."""
    counts = Counter(
        "/".join(Path(path).parts[:-1][:3]) or path for files in found.values() for path in files
    )
    return {folder: count / len(found) for folder, count in counts.most_common()}


def main(argv: Sequence[str] | None = None) -> int:
    """Print the cost and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m proofs cost", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("ids", metavar="ID", nargs="*", help="show the files of these")
    wanted = parser.parse_args(argv).ids
    try:
        found = measured()
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"cost: {error}", file=sys.stderr)
        return 3
    if unknown := [one for one in wanted if one not in found]:
        parser.error(f"{unknown[0]}: no requirement has this ID")
    for one in wanted:
        print(f"{one}: {len(found[one])} files")
        for path, lines in found[one].items():
            print(f"  {lines:4}  {path}")
    if not wanted:
        for one, files in found.items():
            print(f"{one:6} {len(files):3} files  {sum(files.values()):4} lines name it")
        print("\nfiles of a requirement, on average, by folder:")
        for folder, mean in by_folder(found).items():
            print(f"  {mean:4.1f}  {folder}")
        print(f"median: {median(found):g} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
