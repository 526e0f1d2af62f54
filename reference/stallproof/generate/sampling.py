"""Drawing scripts by a seed: Hypothesis makes them up, nothing is played here.

The use: `for script in drawn(7, 1000, scripts(features, families))`.

The complication: scripts come in batches, each with a seed of its own, so that case 12 of a seed is
the same script however many are asked for, and none but one batch is held in memory. Hypothesis
remembers things in a folder where it runs; for these draws that folder is a temporary one.
"""

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, configuration, given, seed, settings
from hypothesis.strategies import SearchStrategy

from stallproof.runner.sut.ending import sheltered

_T = TypeVar("_T")

BATCH = 250


def drawn(number: int, count: int, scripts: SearchStrategy[_T]) -> Iterator[_T]:
    """Yield `count` of `scripts` by the seed `number`."""
    left = count
    for batch in itertools.count():
        scripts_of_batch = _batch(f"{number}/{batch}", scripts)[:left]
        yield from scripts_of_batch
        left -= len(scripts_of_batch)
        if not left:
            return


def _batch(source: str, scripts: SearchStrategy[_T]) -> list[_T]:
    found: list[_T] = []

    @seed(source)
    @settings(
        max_examples=BATCH,
        database=None,
        derandomize=False,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(scripts)
    def take(script: _T) -> None:
        found.append(script)

    # Hypothesis takes whatever is raised in it for a failure of the script.
    with _home(), sheltered():
        take()
    return found


@contextmanager
def _home() -> Iterator[None]:
    """Have Hypothesis keep what it keeps in a folder that goes when this is over."""
    before = getattr(configuration, "__hypothesis_home_directory", None)
    with tempfile.TemporaryDirectory(prefix="stallproof-") as folder:
        configuration.set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            configuration.set_hypothesis_home_dir(before)
