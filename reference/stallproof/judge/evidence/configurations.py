"""What was asked for and answered in one run about configurations: values exactly as written.

A value that is misread fails in silence, so nothing here is rounded on the way: numbers are
decimals with every digit that the operator wrote, and what is no number stays what it is. Nothing
judges here.

Spec: `spec/cf.md`, `spec/trace.md`.
"""

import json
import math
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from stallproof.judge.evidence.run import Run
from stallproof.wire.events import AnyEvent, ConfigurationAnswered, ConfigurationAsked

Source = Literal["file", "environment"]
PREFIX = "NVFLARE_"
"""How the names of the variables begin that configure."""
_SHOWN_CHARACTERS = 160
_NUMBER = re.compile(r"(?<![\w.])[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?!\w)")
_SEPARATOR = re.compile(r"(?<=[0-9])[_,](?=[0-9]{3}(?![0-9]))")


@dataclass(frozen=True, slots=True)
class Given:
    """One value as it was written: `text` letter by letter, `value` as far as the form tells.

    A variable always has the kind `text`. A number keeps every digit; NaN and the infinities are
    the decimals of these names.
    """

    name: str
    source: Source
    kind: Literal["number", "text", "boolean", "null", "other"]
    text: str
    value: Decimal | str | bool | None = None

    @property
    def where(self) -> str:
        """Where it stands, for a reader."""
        return f"{self.name} = {self.text} in the {self.source}"


@dataclass(frozen=True, slots=True)
class Configuration:
    """One configuration that was asked for, and what came of it (`None`: no answer at all)."""

    asked: ConfigurationAsked
    answered: ConfigurationAnswered | None
    file: dict[str, Given]
    variables: dict[str, Given]

    @property
    def is_in_force(self) -> bool:
        return self.answered is not None and self.answered.error is None

    @property
    def is_refused(self) -> bool:
        return self.answered is not None and self.answered.error == "refused"

    @property
    def events(self) -> list[AnyEvent]:
        """The two events that tell of it."""
        return [self.asked] if self.answered is None else [self.asked, self.answered]

    def __str__(self) -> str:
        """Say what was asked for, shortened."""
        file = _shortened(self.asked.file)
        variables = ", ".join(f"{name}={text!r}" for name, text in self.asked.environment.items())
        around = f" with the environment {_shortened(variables)}" if variables else ""
        return f"Configuration '{self.asked.case}', the file {file}{around}"


def configurations_of(run: Run) -> list[Configuration]:
    """Return the configurations that were asked for in `run`, each with the answer that followed.

    One process is asked after another, so that ids repeat: order tells which answer is whose. A
    file that cannot be read as one object of JSON is left out; the oracle asks for none like that.
    """
    found: list[Configuration] = []
    if not run.holds(ConfigurationAsked):
        # As in nearly every run: nobody looks at each of its events for each rule.
        return found
    told = [e for e in run.events if isinstance(e, ConfigurationAsked | ConfigurationAnswered)]
    for place, event in enumerate(told):
        if not isinstance(event, ConfigurationAsked):
            continue
        after = told[place + 1] if place + 1 < len(told) else None
        is_its_own = isinstance(after, ConfigurationAnswered) and after.id == event.id
        file = read_file(event.file)
        if file is not None:
            answer = after if is_its_own and isinstance(after, ConfigurationAnswered) else None
            found.append(Configuration(event, answer, file, read_variables(event.environment)))
    return found


def read_file(text: str) -> dict[str, Given] | None:
    """Read the text of `comm_config.json`; `None` if it is no JSON object, or names a key twice.

    NaN, Infinity and -Infinity are read where JSON has no such numbers, as many readers do.
    """
    try:
        read = _FILE.decode(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, dict):
        return None
    return {name: _given(name, value) for name, value in read.items()}


def read_variables(environment: dict[str, str]) -> dict[str, Given]:
    """Return the variables that configure, by the name behind the prefix in lower case."""
    return {
        name.removeprefix(PREFIX).lower(): Given(name, "environment", "text", repr(text), text)
        for name, text in environment.items()
        if name.startswith(PREFIX)
    }


def is_json_to_all(text: str) -> bool:
    """Tell whether every reader takes the numbers in `text`, a file that `read_file` can read.

    NaN, the infinities and what no float holds are no numbers of JSON to many, at any depth.
    """
    odd: list[str] = []

    def noted(token: str) -> str:
        if not math.isfinite(float(token)):
            odd.append(token)
        return token

    json.loads(text, parse_float=noted, parse_int=noted, parse_constant=odd.append)
    return not odd


class _Token(str):
    """A number as it was written."""

    __slots__ = ()


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object of `pairs`; raises `ValueError` for a key that stands there twice."""
    read = dict(pairs)
    if len(read) < len(pairs):
        raise ValueError("a key stands there twice")
    return read


_FILE = json.JSONDecoder(
    parse_float=_Token, parse_int=_Token, parse_constant=_Token, object_pairs_hook=_once_each
)


def _given(name: str, value: Any) -> Given:
    """Return what stands in the file under `name`."""
    if isinstance(value, _Token):
        return Given(name, "file", "number", str(value), decimal_of(value))
    if isinstance(value, str):
        return Given(name, "file", "text", json.dumps(value), value)
    if isinstance(value, bool):
        return Given(name, "file", "boolean", json.dumps(value), value)
    if value is None:
        return Given(name, "file", "null", "null")
    return Given(name, "file", "other", json.dumps(value))


def decimal_of(text: str) -> Decimal:
    """Return the number that `text` writes; one beyond all exponents counts as infinite."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("-Infinity" if text.lstrip().startswith("-") else "Infinity")


def exact(value: object) -> Decimal | None:
    """Return a number of a reply as it was written there; `None` for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # The shortest text that reads as this float is what stood in the reply.
    return Decimal(repr(value))


def numbers_in(text: str) -> set[Decimal]:
    """Return all numbers that occur in a text for people; separators of thousands are allowed."""
    plain = _SEPARATOR.sub("", text)
    both = [*_NUMBER.finditer(text), *(() if plain == text else _NUMBER.finditer(plain))]
    return {decimal_of(found.group()) for found in both}


def _shortened(text: str) -> str:
    if len(text) <= _SHOWN_CHARACTERS:
        return text
    return f"{text[:_SHOWN_CHARACTERS]}..."
