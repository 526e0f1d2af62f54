"""The options of judging, each on the command line of pytest and in its configuration file.

Those of `stallproof conform`, with the prefix `stallproof`. What they mean is said there; here they
are only handed on. A setting has the name of its option with low lines, as in `stallproof_impl`.
"""

import os
import re
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

HELP: Mapping[str, str] = {
    "impl": 'judge this: the command of a harness, or "reference"',
    "only": "requirements or groups, such as SD-3,SC",
    "skip": "requirements or groups that are not judged",
    "profile": "seed or hardened",
    "clock": "auto, real or virtual",
    "without": "features that nobody wants judged, such as tls",
    "allow": "what is skipped instead of failed: inconclusive, not-exercised, unsupported",
    "expected-failures": "a file of what is known to fail, relative to the root folder",
    "jobs": "how many scenarios run side by side",
    "timeout": "end the run of the oracle after so long, such as 5m",
    "generate": "play this many generated scenarios instead",
    "seed": "of the generated scenarios",
    "failures": "the folder for the vectors of what generated scenarios break",
}
"""The options with what they are for."""
PREFIX = "stallproof::"
"""What the ID of each test begins with."""
_IDS = "stallproof_ids"


@dataclass(frozen=True)
class Judged:
    """What is judged: the command of a harness, what else was asked for, and the tests wanted.

    `asked`: the options that were given, by their names. `ids`: the names of tests that were given
    as arguments; none means all. `environment` is that of the run.
    """

    impl: str
    asked: Mapping[str, str]
    ids: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


def add(parser: pytest.Parser) -> None:
    """Add all options and settings."""
    group = parser.getgroup("stallproof", "stallproof: guardrails against stalled sends")
    for name, text in HELP.items():
        group.addoption(f"--stallproof-{name}", default=None, metavar=name.upper(), help=text)
        parser.addini(_setting(name), f"the same as --stallproof-{name}: {text}", default="")


def renamed(text: str) -> str:
    """Return `text`, which names options of `stallproof conform`, with the names used here."""
    return re.sub(rf"(?<![\w-])--({'|'.join(HELP)})(?![\w-])", r"--stallproof-\1", text)


def _setting(name: str) -> str:
    return f"stallproof_{name.replace('-', '_')}"


def take_ids(config: pytest.Config) -> None:
    """Take the IDs of our tests out of the arguments: no file is called so.

    They go into an option, which the workers of pytest-xdist are told as well.
    """
    # From another folder than the root, pytest shows them behind the path between the two.
    ids = [one for one in config.args if re.match(rf"(?:.*/)?{PREFIX}", one)]
    if ids:
        config.args[:] = [one for one in config.args if one not in ids]
        setattr(config.option, _IDS, [one.partition(PREFIX)[2] for one in ids])


def judged(config: pytest.Config) -> Judged | None:
    """Return what is judged, `None` for nothing.

    Raises `pytest.UsageError` where tests of requirements were asked for and nothing is judged.
    """
    asked: dict[str, str] = {}
    for name in HELP:
        given = config.getoption(_setting(name)) or config.getini(_setting(name))
        if given:
            asked[name] = str(given).strip()
    ids = tuple(getattr(config.option, _IDS, ()))
    harness: Any = asked.pop("impl", None)
    if harness is None:
        harness = config.hook.pytest_stallproof_harness(config=config)
    if harness is None:
        if ids:
            raise pytest.UsageError(f"{PREFIX}{ids[0]}: say what is judged, by --stallproof-impl")
        return None
    if isinstance(harness, str):
        return Judged(harness, asked, ids, os.environ)
    return Judged(_command_of(harness), asked, ids, _environment())


def _command_of(harness: Any) -> str:
    """Return the command that serves the class `harness`; raises `pytest.UsageError`."""
    name, module = getattr(harness, "__qualname__", ""), getattr(harness, "__module__", "")
    if not callable(getattr(harness, "main", None)) or not name or "<" in name:
        raise pytest.UsageError(
            f"pytest_stallproof_harness returned {harness!r}: it has to be a command, or a class "
            "of a module with a main, such as a subclass of PlainHarness"
        )
    return shlex.join([sys.executable, "-m", "stallproof.harness.named", f"{module}:{name}"])


def _environment() -> dict[str, str]:
    """Return an environment in which a process imports what this one does."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
