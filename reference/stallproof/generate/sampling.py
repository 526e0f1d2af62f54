"""Drawing scripts by a seed: bytes from a generator of numbers, nothing is played here.

The use: `for script in drawn(7, 1000, scripts(features, families))`.

The intuition: a script is decided by a fixed number of choices, each of them one byte (`Draws`). A
library that draws structures would cost more than a script does to play, and would draw other
bytes with its next version. The generator of the standard library is the same everywhere.

The complication: scripts come in batches, each with a seed of its own, so that case 12 of a seed is
the same script however many are asked for, and whoever plays a part of them begins where that part
does. Each batch begins with the plainest script, and what is drawn before the bytes of each other
one is passed over: so seeds of earlier versions, which drew by Hypothesis, mean the same scripts.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Generic, TypeVar

_T = TypeVar("_T")

BATCH = 250
_WORD_BYTES = 4
"""The generator makes words of so many bytes, of which the highest byte is a choice."""


@dataclass(frozen=True, slots=True)
class Drawing(Generic[_T]):
    """What can be drawn: how many choices it takes, and what is made of them."""

    choices: int
    make: Callable[[bytes], _T]


def drawn(number: int, count: int, drawing: Drawing[_T], *, first: int = 0) -> Iterator[_T]:
    """Yield `count` of what `drawing` makes by the seed `number`, from the one at `first` on."""
    batch, passed = divmod(first, BATCH)
    contents = _contents(number, batch, drawing.choices)
    for content in itertools.islice(contents, passed, passed + count):
        yield drawing.make(content)


def _contents(number: int, first_batch: int, choices: int) -> Iterator[bytes]:
    """Yield the choices of one script after the other, from those of a batch on."""
    for batch in itertools.count(first_batch):
        source = Random(f"{number}/{batch}")
        yield bytes(choices)
        for _ in range(BATCH - 1):
            source.random()
            words = source.getrandbits(8 * _WORD_BYTES * choices)
            yield words.to_bytes(_WORD_BYTES * choices, "little")[_WORD_BYTES - 1 :: _WORD_BYTES]
