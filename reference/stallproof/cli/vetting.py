"""Vetting vectors: what the reader cannot see, because it does not know the law.

The reader knows the format. Here a vector's script is held against the rules of virtual time, its
expectations against the oracle's own statement of the law, and its claim, the requirements that it
names, against what a faithful play of it would put to the test.

Spec: `spec/vectors/README.md`, "Verifying".
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from stallproof.judge.model import (
    StepExpected,
    expected_of,
    is_hardened,
    problems_of,
    taken_by,
)
from stallproof.requirements.vectors import Step, Vector, VectorError, load_all
from stallproof.requirements.vectors.canonical import decision_in_order
from stallproof.requirements.vectors.installed import files_of, vectors_folder
from stallproof.requirements.vectors.reading import content_of, require_canonical, vector_of


def vet_installed(folder: Path | None = None) -> tuple[list[str], int]:
    """Return what is wrong with the installed vectors and their manifest, and how many they are.

    `folder`: another folder with a manifest.
    """
    place = vectors_folder() if folder is None else folder
    problems, count = vet_files([place / file for file in files_of(place)])
    try:
        load_all(place)
    except VectorError as error:
        # What one file says against itself has been said of it already.
        if str(error) not in problems:
            problems.insert(0, str(error))
    return problems, count


def vet_files(files: Sequence[Path]) -> tuple[list[str], int]:
    """Return what is wrong with each of `files`, and how many there are."""
    return [problem for file in files for problem in _vetted(file)], len(files)


def _vetted(file: Path) -> Iterator[str]:
    try:
        content = content_of(file)
        vector = vector_of(content, file)
        require_canonical(content, vector, file)
    except VectorError as error:
        yield str(error)
        return
    for problem in law_problems(vector):
        yield f"{file}: {problem}"


def law_problems(vector: Vector) -> Iterator[str]:
    """Yield what speaks against `vector`: its script, its expectations, what it claims."""
    broken = problems_of(vector)
    yield from broken
    if broken:
        # A script that breaks the rules has no meaning that an expectation could agree with.
        return
    law = expected_of(vector)
    wrong = [
        f"step {number}: {problem}"
        for number, (step, expected) in enumerate(zip(vector.steps, law, strict=True))
        for problem in _step_problems(step, expected)
    ]
    yield from wrong
    if wrong:
        return
    if vector.profile == "seed" and is_hardened(vector):
        yield "profile: seed, but `suppressed` is demanded, which only hardened knows"
    for feature in sorted(taken_by(vector) - set(vector.needs)):
        yield f"needs: {feature} is missing, which this script takes"
    held = {one for expected in law for one in expected.laws}
    for requirement in vector.requirements:
        if requirement not in held:
            yield f"requirements: {requirement} is not put to the test by this script"


def _step_problems(step: Step, expected: StepExpected) -> Iterator[str]:
    theirs = [_line(one) for one in step.expect]
    ours = [_line(one) for one in expected.decisions]
    # Counted, since one decision that is said twice is not the same as said once.
    for line in (Counter(theirs) - Counter(ours)).elements():
        yield f"expected, and not by the law: {line}"
    for line in (Counter(ours) - Counter(theirs)).elements():
        yield f"demanded by the law, and not expected: {line}"
    if theirs != ours and Counter(theirs) == Counter(ours):
        yield "the decisions of one instant are not in the canonical order"
    if step.answer != expected.answer:
        yield f"answer: the law's is {expected.answer}"


def _line(decision: Mapping[str, Any]) -> str:
    return json.dumps(decision_in_order(decision))
