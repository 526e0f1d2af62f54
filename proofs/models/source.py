"""Model and catalogue side by side: what a model's text has in it, and where the two differ.

The intuition: a claim that is missing in the catalogue is never checked, and a variant whose name
is misspelt there checks the unbroken model under another name. So names are compared both ways.

The use: `complaints(model)` is empty when the two agree.

Spec: `spec/models/README.md`. Source: the style of the models.
"""

import re
from collections import Counter
from collections.abc import Iterable

from proofs.models.model import Claim, Model
from proofs.models.spin import FOLDER

_CLAIM = re.compile(r"^ltl\s+(\w+)\s*\{", re.MULTILINE)
_FORMULA = re.compile(r"^ltl\s+(\w+)\s*\{([^}]*)\}", re.MULTILINE)
_INVARIANT = re.compile(r"\s*\[\]((?:(?!\[\]|<>|\b[UWVX]\b).)*)", re.DOTALL)
_DEFINE = re.compile(r"^#\s*(?:if|ifdef|ifndef|elif)\b.*$", re.MULTILINE)
_BREAK = re.compile(r"\bBREAK_\w+")
_SIZE = re.compile(r"^#define\s+(\w+)\s+(\d+)\s*(?:/\*.*)?$", re.MULTILINE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PROCESS = re.compile(r"^\s*(?:active\s*(?:\[(\d+)\])?\s*)?(proctype|init)\b", re.MULTILINE)
# Words with which a model could hide a mistake from the search, or make one that is no claim's.
_BANNED = ("assert", "xr", "xs", "trace", "notrace", "never", "c_code", "c_expr", "priority")

TOGETHER = Claim("together", (), "every invariant of a model", "safety")
"""The claim of which the invariants of a model are parts, so that they are searched at once."""


def text_of(model: Model) -> str:
    """Return the text of the model's file."""
    return (FOLDER / f"{model.name}.pml").read_text("utf-8")


def claims_in(text: str) -> list[str]:
    """Return the names of the claims in a model's `text`, in order."""
    return _CLAIM.findall(_COMMENT.sub("", text))


def invariants_in(text: str) -> dict[str, str]:
    """Return, for each claim of a model's `text` that says `[] p`, the `p` without any time."""
    formulas = _FORMULA.findall(_COMMENT.sub("", text))
    found = {name: _INVARIANT.fullmatch(formula) for name, formula in formulas}
    return {name: match[1].strip() for name, match in found.items() if match}


def together(model: Model, text: str) -> tuple[tuple[Claim, ...], str]:
    """Return the safety claims of `model` that say `[] p`, and the text of `TOGETHER` for them.

    Each of them holds exactly if the one does. Most of a search is the states, not the claim.
    """
    says = invariants_in(text)
    claims = tuple(each for each in model.claims if each.kind == "safety" and each.name in says)
    every = " && ".join(f"({says[each.name]})" for each in claims)
    return claims, f"\nltl {TOGETHER.name} {{ [] ({every}) }}\n" if claims else ""


def breaks_in(text: str) -> list[str]:
    """Return the `BREAK_` names that conditions of the preprocessor in `text` ask for."""
    lines = _DEFINE.findall(_COMMENT.sub("", text))
    return sorted({name for line in lines for name in _BREAK.findall(line)})


def sizes_in(text: str, names: Iterable[str]) -> dict[str, int]:
    """Return the numbers that `text` defines for `names`; a `KeyError` if it defines none."""
    found = {name: int(number) for name, number in _SIZE.findall(text)}
    return {name: found[name] for name in names}


def _differences(what: str, there: Iterable[str], here: Iterable[str]) -> list[str]:
    there, here = set(there), set(here)
    return [f"{what} {name} is not in the catalogue" for name in sorted(there - here)] + [
        f"{what} {name} is not in the model" for name in sorted(here - there)
    ]


def complaints(model: Model, text: str | None = None) -> list[str]:
    """Return in which ways the catalogue's entry and the model's text do not belong together."""
    if text is None:
        text = text_of(model)
    bare = _COMMENT.sub("", text)
    claims = [claim.name for claim in model.claims]
    variants = [variant.name for variant in model.variants]
    broken = {variant.breaks for variant in model.variants}
    wrong = _differences("claim", claims_in(text), claims)
    wrong += _differences(
        "variant", breaks_in(text), (variant.define for variant in model.variants)
    )
    twice = [name for name, times in Counter(claims + variants).items() if times > 1]
    wrong += [f"{name} is there twice" for name in twice]
    wrong += [f"claim {name} is broken by no variant" for name in claims if name not in broken]
    wrong += [f"variants break {name}, which is no claim" for name in sorted(broken - set(claims))]
    wrong += [f"claim {claim.name} names no requirement" for claim in model.claims
              if not claim.requirements]  # fmt: skip
    wrong += [f"the word {word} is not allowed in a model" for word in _BANNED
              if re.search(rf"(?<![\w#]){word}\b", bare)]  # fmt: skip
    processes = sum(int(number or 1) for number, _ in _PROCESS.findall(bare))
    if processes > 4:
        wrong.append(f"{processes} processes are more than four")
    return [f"{model.name}: {each}" for each in wrong]
