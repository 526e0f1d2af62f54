"""The beginning of a new requirement: `make new-requirement ID=SD-17`.

It appends a section to the prose and makes a module with a rule. Both say FILL IN where words are
due, and tests refuse that. Until then the rule leaves every run in doubt, so that nobody passes.

Exit status: 0 made; 2 an ID that is not the next one of a group.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from proofs.traceability.evidence import ROOT
from stallproof.requirements.registry import RegistryError, load_registry

RULES = Path("reference/stallproof/judge/rules")
FILL_IN = "FILL IN"

_SECTION = """
## {id}: FILL IN a title
*MUST · hardened*

**Law.**
> FILL IN what MUST hold, one sentence.

**Why.** FILL IN the failure that it prevents. Source: FILL IN.

**Observable.** FILL IN what a peer can see, and what only the implementation can say.

**Boundary.** FILL IN what holds one unit before, at, and one unit after.

**Exercised when.**
- `fill-in`: FILL IN what the peer witnessed.

**In virtual time.** FILL IN the moments that put it to the test there.
"""

_RULE = '''"""A rule for {id}. FILL IN: move it to what it is akin to, or name this module."""

from collections.abc import Iterator

from stallproof.judge.evidence.observation import Observation, unsure
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule


@rule("{id}")
def {name}(run: Run) -> Iterator[Observation]:
    """FILL IN what a run shows of it."""
    yield unsure("{id}", None, "FILL IN: the rule is not written yet.")
'''


def make(requirement: str, root: Path = ROOT) -> list[Path]:
    """Write the skeleton of `requirement` and return the files; `ValueError` for another ID."""
    registry = load_registry(root / "spec")
    group = requirement.split("-")[0]
    numbers = [int(one.id.split("-")[1]) for one in registry.requirements if one.group == group]
    if not numbers:
        known = ", ".join(one.id for one in registry.groups)
        raise ValueError(f"{requirement}: its group is none of {known}")
    expected = f"{group}-{max(numbers) + 1}"
    if requirement != expected:
        raise ValueError(f"{requirement}: the next one of its group is {expected}")
    name = requirement.lower().replace("-", "_")
    prose = root / "spec" / registry.group(group).prose
    rule = root / RULES / f"{name}.py"
    with prose.open("a", encoding="utf-8") as file:
        file.write(_SECTION.format(id=requirement))
    rule.write_text(_RULE.format(id=requirement, name=name), "utf-8")
    return [prose, rule]


def main(argv: Sequence[str] | None = None) -> int:
    """Make the skeleton and return the exit status."""
    parser = argparse.ArgumentParser(prog="make new-requirement", description=__doc__)
    parser.add_argument("id", metavar="ID", help="the next ID of a group, such as SD-17")
    try:
        made = make(parser.parse_args(argv).id)
    except (ValueError, RegistryError) as error:
        print(f"new-requirement: {error}", file=sys.stderr)
        return 2
    for path in made:
        print(f"new-requirement: {path.relative_to(ROOT)}")
    print("new-requirement: docs/adding.md says what comes next", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
