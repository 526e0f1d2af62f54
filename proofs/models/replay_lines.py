"""The lines in which a model tells its steps, as `# step c1 2 3 -> wait 1`.

The intuition: a model and a machine can only be compared in a language that both speak. A line says
what happened, to whom and when, and after the arrow what the model decided.

The use: `steps_in` reads the lines out of what SPIN printed; `vocabulary_of` reads out of a model's
text which kinds of steps and which decisions it can print at all, so that a comparison that never
met one of them is not taken for agreement.

The complication: some names are words of Promela (`timeout`), so a model calls them otherwise; such
names are read as what they stand for. A line that is not understood is an error, never skipped.

Spec: `spec/models/README.md`. Source: the models.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MARK = "# "
OTHER_NAMES = {"timed_out": "timeout", "late": "timeout"}
"""What the models call TIMEOUT, since `timeout` is a word of Promela."""

OUTCOMES = ("done", "no_progress", "ack_wait", "ack_error", "send_failed", "cancelled")
VERDICTS = (
    "progress", "no_news", "not_an_integer", "negative", "beyond_sent", "other_origin",
    "after_the_end",
)  # fmt: skip
FAILURES = ("timeout", "closed", "error")
WHO = ("mine", "other")
KNOBS = (
    "send_timeout", "stall_timeout", "checks_max", "close", "heartbeat", "window", "chunk",
    "progress_timeout", "ack_wait", "interval",
)  # fmt: skip


class MalformedLine(Exception):
    """A line of a model says nothing that the machines could follow."""


@dataclass(frozen=True)
class Kind:
    """One kind of step: what its arguments are, and the words of its decision.

    An argument is "name" (any word), "number", or a tuple of the words that it can be. A decision
    is one of `decisions`, with a number of its own where `numbers` says so, and then any of `also`.
    """

    arguments: tuple[str | tuple[str, ...], ...]
    decisions: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    counts: bool = False

    @property
    def words(self) -> frozenset[str]:
        """Return every word that can stand behind the arrow."""
        return frozenset((*self.decisions, *self.also))


KINDS: dict[str, Kind] = {
    "lock_taken": Kind(("name", "number", "number"), ("held", "suppressed"), ("held",)),
    "step": Kind(
        ("name", "number", "number"), ("wait", "ok", "timeout", "suppressed"), ("wait",),
        ("closes", "open"),
    ),
    "failed": Kind(
        ("name", FAILURES, "number"), (*FAILURES, "suppressed"), (), ("closes", "open")
    ),
    "close": Kind(("name",), ("closes", "already")),
    "check": Kind(
        ("name", "number"), ("healthy", "warns", "closes"), (), ("heartbeat",), counts=True
    ),
    "received": Kind(("name", "number")),
    "made": Kind(("name", "number")),
    "look": Kind(("name", "number"), ("begin", "wait", *OUTCOMES)),
    "chunk": Kind(("name", "number")),
    "ack": Kind(("name", "number", WHO, "number"), VERDICTS),
    "stop": Kind(("name", OUTCOMES), OUTCOMES),
}  # fmt: skip
"""The whole language, but for the first line, `# policy knob=number ...`."""


@dataclass(frozen=True)
class Step:
    """One line: the step, its arguments, and what the model decided.

    `said` is the decision in words, e.g. `("wait", "1")`; it is empty where nothing is decided.
    """

    text: str
    kind: str
    arguments: tuple[str, ...]
    said: tuple[str, ...]

    def number(self, place: int) -> int:
        """Return the argument at `place`, which is a number."""
        return int(self.arguments[place])


def _plain(word: str) -> str:
    return OTHER_NAMES.get(word, word)


def _is_number(word: str) -> bool:
    return re.fullmatch(r"-?\d+", word) is not None


def _fits(word: str, wanted: str | tuple[str, ...]) -> bool:
    if isinstance(wanted, tuple):
        return word in wanted
    return _is_number(word) if wanted == "number" else re.fullmatch(r"\w+", word) is not None


def _is_decision(kind: Kind, said: tuple[str, ...]) -> bool:
    rest = list(said)
    if kind.counts and not (rest and _is_number(rest.pop(0))):
        return False
    if not kind.decisions:
        return not rest
    if not rest or rest[0] not in kind.decisions:
        return False
    decision = rest.pop(0)
    if decision in kind.numbers and rest and _is_number(rest[0]):
        rest.pop(0)
    return all(word in kind.also for word in rest) and len(set(rest)) == len(rest) <= 1


def parse(line: str) -> Step:
    """Read one line; raise `MalformedLine` if it is none of the language."""
    text = line.strip()
    head, arrow, tail = text.removeprefix(MARK).partition("->")
    words = [_plain(word) for word in head.split()]
    said = tuple(_plain(word) for word in tail.split())
    if not text.startswith(MARK) or not words or (arrow and not said):
        raise MalformedLine(text)
    name, arguments = words[0], tuple(words[1:])
    if name == "policy":
        if said or not all(re.fullmatch(rf"({'|'.join(KNOBS)})=\d+", each) for each in arguments):
            raise MalformedLine(text)
        return Step(text, name, arguments, said)
    kind = KINDS.get(name)
    if (
        kind is None
        or len(arguments) != len(kind.arguments)
        or not all(map(_fits, arguments, kind.arguments))
        or not _is_decision(kind, said)
    ):
        raise MalformedLine(text)
    return Step(text, name, arguments, said)


def steps_in(printed: str) -> Iterator[Step]:
    """Yield the steps that a run printed, in order; whatever else SPIN says is passed over."""
    for line in printed.splitlines():
        # SPIN's own lines, such as "#processes: 3", have no space there.
        if line.strip().split(" ")[0] == MARK.strip():
            yield parse(line)


_PRINTF = re.compile(r'printf\s*\(\s*"# (\w+)([^"]*)"')
MTYPE = re.compile(r"\bmtype\s*(?::\s*\w+\s*)?=\s*\{([^}]*)\}")
"""Where a model declares names."""


def vocabulary_of(model: str) -> dict[str, frozenset[str]]:
    """Return which kinds of steps a model's text can print, each with the words of its decisions.

    `model` is the text without comments and without the parts of the broken variants. Where a
    decision is printed by name (`%e`), it can be any name of the model that the kind knows.
    """
    declared = (name for names in MTYPE.findall(model) for name in names.split(","))
    names = {_plain(name.strip()) for name in declared}
    found: dict[str, frozenset[str]] = {}
    for name, rest in _PRINTF.findall(model):
        if name == "policy":
            continue
        if name not in KINDS:
            raise MalformedLine(f"# {name}{rest}")
        tail = rest.replace("\\n", "").partition("->")[2].split()
        words = {_plain(word) for word in tail if not word.startswith("%")}
        if "%e" in tail:
            words |= names & KINDS[name].words
        if not words <= KINDS[name].words:
            raise MalformedLine(f"# {name}{rest}")
        found[name] = found.get(name, frozenset()) | words
    return found
