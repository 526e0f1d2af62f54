"""The places that values come from: the text of a file, and the variables of an environment.

A file is one JSON object. A knob that stands in it twice is refused: readers of JSON take the last
one, and whoever wrote the first one believes in that. Environment variables count by their prefix.

Spec: `spec/cf.md`.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from stallproof.configuration.values import TEXT_MAX, Written
from stallproof.machines.states import state

FILE = "comm_config.json"
PREFIX = "NVFLARE_"

Entries = tuple[tuple[str, object], ...]
"""Names and values in the order in which they were written; a name can come twice."""


class KnobRefused(ValueError):
    """A knob has a value that it cannot have, or a name or a file is none that can be read.

    `knob` is the knob, or the file; `value` stands as it was written, `allowed` says what may.
    """

    def __init__(self, knob: str, value: object, allowed: str, message: str) -> None:
        """Name the knob, the value, and what is allowed; `message` says it in a sentence."""
        super().__init__(message)
        self.knob = knob
        self.value = value
        self.allowed = allowed


@state
class Pairs:
    """An object of a file, with names that may come twice."""

    entries: Entries


def entries_of(content: str | bytes) -> Entries:
    """Return the names and values in the text of a file, as `tree_of` does, but not what lies deep.

    Raises `KnobRefused` with line and column for what is no JSON text or no object.
    """
    return tuple((name, _plain(value)) for name, value in tree_of(content, FILE).entries)


def tree_of(content: str | bytes, file: str) -> Pairs:
    """Return the object in the text of `file`, whole; numbers stay as they are written.

    Raises `KnobRefused`, as `entries_of` does.
    """
    text = content if isinstance(content, str) else _decoded(content, file)
    try:
        found = json.loads(
            text, object_pairs_hook=lambda pairs: Pairs(tuple(pairs)),
            parse_float=Written, parse_int=Written, parse_constant=Written,
        )  # fmt: skip
    except json.JSONDecodeError as error:
        raise _refused(file, text, error.pos, error.msg) from error
    except RecursionError as error:
        raise _refused(file, text, 0, "it is nested too deeply") from error
    if not isinstance(found, Pairs):
        begin = len(text) - len(text.lstrip(" \t\n\r"))
        raise _refused(file, text, begin, "a value that is no object")
    return found


def _plain(value: Any) -> object:
    """Return `value` without what lies inside an object: nobody looks at that."""
    return {} if isinstance(value, Pairs) else value


def _decoded(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        rest = content[error.start :].decode("utf-8", "backslashreplace")
        raise _refused(file, before + rest, len(before), "not UTF-8") from error


def _refused(file: str, text: str, at: int, why: str) -> KnobRefused:
    """Refuse `file` for what stands at position `at` of its text."""
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    rest = text[at:].splitlines()
    value = rest[0][:TEXT_MAX] if rest else ""
    allowed = "one JSON object in UTF-8"
    message = f"{file}, line {line}, column {column}: {why}; allowed: {allowed}"
    return KnobRefused(file, value, allowed, message)


def variables_of(environment: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Return, for each variable with the prefix, it, what follows the prefix, and its value."""
    for variable, value in environment.items():
        if variable.startswith(PREFIX):
            yield variable, variable.removeprefix(PREFIX), value
