"""What a run of SPIN's verifier said: its text, read with suspicion.

The intuition: `pan` exits 0 after finding an error, says "errors: 0" after a search that was cut
short, checks the first claim if asked for none, and then says so in words only. So nothing counts
but a text in which every part is as it must be.

The use: `read_search` turns the text into a `Search`; `judge` compares it with what was asked for.

The complication: the same text can report a fault of the model and a fault of the search. A search
that is not wholly as it was asked for is "unusable", whatever else it says: never "holds", and
never "broken" either.

Spec: `spec/models/README.md`. Source: SPIN 6.5, `pan.c` as it is generated.
"""

import re
from dataclasses import dataclass
from typing import Literal

from proofs.models.model import Kind

Verdict = Literal["holds", "broken", "unusable"]

_STATES = re.compile(r"^\s*(\d+) states, stored", re.MULTILINE)
_TRANSITIONS = re.compile(r"^\s*(\d+) transitions \(=", re.MULTILINE)
_SUMMARY = re.compile(
    r"^State-vector \d+ byte, depth reached (\d+)(?:, | \.\.\. )errors: (\d+)", re.MULTILINE
)
_FORMULA = re.compile(r"^pan: ltl formula (\S+)$", re.MULTILINE)
_SETTING = re.compile(r"^\t(.+?) *\t([+-])(?: \((.*)\))?$", re.MULTILINE)
_SECTION = re.compile(r"^unreached in (proctype|init|claim) ?(\S*)$")
_UNREACHED = re.compile(r'^\t.*, state \d+, "(.*)"$')
# A claim is violated by the assertion that SPIN writes into it, by its end, or by a cycle.
_CLAIM_VIOLATED = re.compile(
    r"^pan:\d+: (assertion violated  ?!\( ?!\(.*|claim violated!.*|acceptance cycle)"
    r" \(at depth \d+\)$",
    re.MULTILINE,
)
_VIOLATION = re.compile(r"^pan:\d+: (.+) \(at depth \d+\)$", re.MULTILINE)
# What makes a search say less than it seems to, however it ends.
_CUT_SHORT = (
    "max search depth too small",
    "out of memory",
    "memory limit",
    "MEMLIM",
    "too small, recompile",
    "too many processes",
    "Search incomplete",
    "Bit statespace",
    "Hash-Compact",
    "UNEXECUTABLE",
    "cannot find claim",
    "aborting",
    "p.o. reduction not compatible",
    "interrupted",
)


@dataclass(frozen=True)
class Search:
    """One search as its text tells it; `None` where the text does not say.

    `settings` maps what was looked for ("never claim", ...) to its sign and its note; `violation`
    is what the first error was, `unreached` the statements that no run reached, as "process: text".
    """

    formula: str | None
    settings: dict[str, tuple[str, str]]
    states: int | None
    transitions: int | None
    depth: int | None
    errors: int | None
    violation: str | None
    claim_violated: bool
    completed: bool
    ended: bool
    unreached: tuple[str, ...]
    cut_short: tuple[str, ...]


def _number(pattern: re.Pattern[str], text: str, group: int = 1) -> int | None:
    found = pattern.findall(text)
    if len(found) != 1:
        return None
    return int(found[0][group - 1] if isinstance(found[0], tuple) else found[0])


def _unreached(text: str) -> tuple[str, ...]:
    found: list[str] = []
    owner: str | None = None
    for line in text.splitlines():
        section = _SECTION.match(line)
        if section:
            # A claim is not part of what happens: its end is the violation itself.
            owner = None if section[1] == "claim" else section[2] or section[1]
        elif owner is not None and (statement := _UNREACHED.match(line)):
            found.append(f"{owner}: {statement[1]}")
    return tuple(dict.fromkeys(found))


def read_search(text: str) -> Search:
    """Read the text of one run of `pan`; never raises, for a text can be anything."""
    formulas = _FORMULA.findall(text)
    violations = _VIOLATION.findall(text)
    return Search(
        formula=formulas[0] if len(formulas) == 1 else None,
        settings={name.strip(): (sign, note) for name, sign, note in _SETTING.findall(text)},
        states=_number(_STATES, text),
        transitions=_number(_TRANSITIONS, text),
        depth=_number(_SUMMARY, text),
        errors=_number(_SUMMARY, text, 2),
        violation=violations[0] if violations else None,
        claim_violated=_CLAIM_VIOLATED.search(text) is not None,
        completed="Warning: Search not completed" not in text,
        ended="pan: elapsed time" in text and "Full statespace search for:" in text,
        unreached=_unreached(text),
        cut_short=tuple(words for words in _CUT_SHORT if words.lower() in text.lower()),
    )


def _wrong_question(search: Search, claim: str | None, kind: Kind) -> list[str]:
    """Return in which ways the search was another one than the one that was asked for."""
    if claim is None:
        wanted = {
            "never claim": ("-", "not selected"),
            "invalid end states": ("+", ""),
            "assertion violations": ("+", ""),
        }
    else:
        fairness = "fairness enabled" if kind == "liveness" else "fairness disabled"
        wanted = {"never claim": ("+", claim), "acceptance   cycles": ("+", fairness)}
    wrong = [
        f"{name}: {search.settings.get(name)} instead of {setting}"
        for name, setting in wanted.items()
        if search.settings.get(name) != setting
    ]
    if search.formula != claim:
        wrong.append(f"the formula was {search.formula}")
    return wrong


def judge(
    text: str, status: int, *, claim: str | None, kind: Kind = "safety"
) -> tuple[Verdict, str]:
    """Return what a run of `pan` that ended with `status` shows of `claim`, and why.

    `claim` is `None` for the search for invalid end states. "holds": searched to the end, no error.
    "broken": the claim that was asked for, and nothing else, was violated.
    """
    search = read_search(text)
    if status != 0:
        return "unusable", f"the verifier ended with status {status}"
    if search.cut_short:
        return "unusable", f"the search was cut short: {search.cut_short[0]}"
    if not search.ended or None in (search.errors, search.states, search.transitions):
        return "unusable", "the text of the verifier is not that of a finished, full search"
    if wrong := _wrong_question(search, claim, kind):
        return "unusable", "another search than the one asked for: " + "; ".join(wrong)
    if search.errors == 0:
        if search.violation is not None or not search.completed:
            return "unusable", "no errors are counted, and yet the search did not come to its end"
        if not search.states or not search.transitions:
            return "unusable", "nothing was searched"
        return "holds", ""
    if search.violation is None:
        return "unusable", "errors are counted, and none is named"
    if claim is not None and not search.claim_violated:
        return "unusable", f"something else than the claim failed: {search.violation}"
    return "broken", search.violation
