"""Runs that are looked for: to a decision that no random run of a model has met.

The intuition: a random run takes each turn with the same chance, so what needs many turns to go one
way nearly never happens. The search finds it at once, if it is told that this must not happen.

The use: `run_to(model, "step", "ok")` returns what such a run prints.

The complication: the model is not changed but for an assertion behind each line that prints the
decision, and an assertion takes no part in what the processes do.

Spec: `spec/models/README.md`. Source: `replay.py`, which asks for these runs.
"""

import re
import tempfile
from pathlib import Path

from proofs.models.model import Model
from proofs.models.replay_lines import MTYPE, OTHER_NAMES
from proofs.models.source import text_of
from proofs.models.spin import SpinFailed, build_text, run_tool

_LIMIT_S = 30
_DIRECTIVE = re.compile(r"%[a-z]")


def _closing_parenthesis(text: str, begin: int) -> int:
    """Return where the parenthesis that opens at `begin` is closed, strings passed over."""
    depth, quoted = 0, False
    for place in range(begin, len(text)):
        if text[place] == '"':
            quoted = not quoted
        if not quoted:
            depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    raise SpinFailed(f"a parenthesis stays open: {text[begin : begin + 60]!r}")


def _assertion(form: str, arguments: list[str], kind: str, word: str, names: list[str]) -> str:
    """Return the assertion that this line is not `kind` with `word`; empty if it never is."""
    head, _, tail = form.partition("->")
    if head.split()[1:2] != [kind]:
        return ""
    said = tail.replace("\\n", "").split()
    if word in (OTHER_NAMES.get(each, each) for each in said) or (not said and not word):
        return "assert(false)"
    spelt = [name for name in names if OTHER_NAMES.get(name, name) == word]
    if "%e" not in said or not spelt:
        return ""
    place = len(_DIRECTIVE.findall(head)) + [
        each for each in said if _DIRECTIVE.fullmatch(each)
    ].index("%e")
    return "assert(" + " && ".join(f"({arguments[place]}) != {name}" for name in spelt) + ")"


def forbidding(text: str, kind: str, word: str) -> str:
    """Return the model's `text` with an assertion that no step of `kind` is decided as `word`."""
    names = [name.strip() for declared in MTYPE.findall(text) for name in declared.split(",")]
    parts: list[str] = []
    done = 0
    for found in re.finditer(r'printf\s*(\()\s*"(# [^"]*)"', text):
        end = _closing_parenthesis(text, found.start(1)) + 1
        arguments = [each.strip() for each in text[found.end() : end - 1].split(",")][1:]
        if assertion := _assertion(found[2], arguments, kind, word, names):
            parts += [text[done:end], "; ", assertion]
            done = end
    if not parts:
        raise SpinFailed(f"no line of the model prints {kind} {word}")
    return "".join([*parts, text[done:]])


def run_to(model: Model, kind: str, word: str) -> str:
    """Return what a run of `model` prints that ends with a step of `kind` decided as `word`.

    Raise `SpinFailed` if no run of the model gets there.
    """
    with tempfile.TemporaryDirectory(prefix="stallproof-replay-") as folder:
        text = forbidding(text_of(model), kind, word)
        verifier = build_text(model.name, text, Path(folder))
        program = verifier.compiled("pan-to", "-DSAFETY", "-DNOCLAIM")
        said, _ = run_tool([str(program), "-m200000", "-w18"], verifier.folder, _LIMIT_S)
        if "assertion violated" not in said:
            raise SpinFailed(f"no run of {model.name} prints {kind} {word}".strip())
        return verifier.replayed()
