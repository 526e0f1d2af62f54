"""How the scenarios of group CF write down what they ask for: as an operator types it."""

import json
from collections.abc import Callable, Mapping, Sequence

from stallproof.requirements.knobs import CONFIGURABLE
from stallproof.runner.scenarios.context import Context
from stallproof.runner.scenarios.scenario import Configuration, Scenario
from stallproof.wire.protocol import Hello

Texts = Mapping[str, str]
"""Names with their values, letter by letter: a number is `30`, a text in a file is `"30"`."""
NONE: Texts = {}


def knobs(*texts: str) -> dict[str, str]:
    """Return all knobs with these values, in the order of the law's table."""
    return dict(zip(CONFIGURABLE, texts, strict=True))


def file_of(texts: Texts) -> str:
    """Return the text of a file with these keys, each value as it is written."""
    return "{" + ", ".join(f"{json.dumps(key)}: {text}" for key, text in texts.items()) + "}"


def variables_of(texts: Texts) -> dict[str, str]:
    """Return the variables of the environment that set these knobs."""
    return {f"NVFLARE_{key.upper()}": text for key, text in texts.items()}


def good(case: str, file: Texts = NONE, environment: Texts = NONE) -> Configuration:
    """Return a configuration that is allowed."""
    return Configuration(case, file_of(file), variables_of(environment))


def bad_in_file(knob: str, *texts: str) -> list[Configuration]:
    """Return one configuration for each value that `knob` does not allow in a file."""
    return [Configuration(f"{knob} = {text}", file_of({knob: text}), is_bad=True) for text in texts]


def bad_in_environment(knob: str, *texts: str) -> list[Configuration]:
    """Return one configuration for each value that `knob` does not allow in the environment."""
    return [
        Configuration(f"{name}={text}", environment={name: text}, is_bad=True)
        for text in texts
        for name in variables_of({knob: text})
    ]


def scenario(
    name: str,
    requirement: str,
    situations: str,
    configurations: Sequence[Configuration] | Callable[[Hello], Sequence[Configuration]],
    *features: str,
    play_s: float = 1.0,
) -> Scenario:
    """Return a scenario that asks for `configurations`, which bring `situations` about."""
    return Scenario(
        name,
        {requirement: situations},
        _nothing_else,
        configurations=configurations
        if callable(configurations)
        else lambda _hello: configurations,
        features=frozenset({"config", *features}),
        timing=False,
        play_s=play_s,
    )


def _nothing_else(context: Context) -> None:
    """A scenario of configurations has no context."""
