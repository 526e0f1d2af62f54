"""What is asked and decided in vectors without a course in time: machines, and configurations."""

import json
from collections.abc import Iterator, Sequence

from stallproof.requirements.vectors import Vector

LONGEST = 1500
"""A question or an answer with more characters is left to the vector itself."""
MOST = 3


def examples(vectors: Sequence[Vector], requirement: str) -> list[tuple[str, str, str]]:
    """Return at most three rows: the vector, what is asked, and what the law demands, as JSON.

    They are the shortest of `requirement`, one of each vector.
    """
    found = [
        (one.name, asked, answer)
        for one in vectors
        if requirement in one.requirements
        for asked, answer in [min(_pairs(one), key=_length, default=("", ""))]
        if asked and max(len(asked), len(answer)) <= LONGEST
    ]
    return sorted(found, key=lambda row: (_length(row[1:]), row[0]))[:MOST]


def _length(pair: Sequence[str]) -> int:
    return sum(map(len, pair))


def _pairs(vector: Vector) -> Iterator[tuple[str, str]]:
    for step in vector.steps:
        if step.do is None or step.do["op"] not in ("decide", "config"):
            continue
        asked = {name: value for name, value in step.do.items() if name != "op"}
        answer = step.answer if step.answer is not None else step.expect[0].get("decision")
        yield _json(asked), _json(answer)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=True)
