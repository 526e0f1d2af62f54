"""The law is well formed, its IDs are permanent, and whatever departs from the form is told.

Each damage is done to a copy of the law, and must be refused with the file and what was expected.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from proofs.traceability import skeleton
from stallproof.requirements.registry import Registry, RegistryError, find_spec, load_registry

SPEC = Path(__file__).resolve().parents[2] / "spec"

# Permanent: the IDs of a group are its first so many numbers, and none of them ever vanishes or
# changes its profile. A retired one stays; a new one is the next number. Then the hardened ones.
PERMANENT: dict[str, tuple[int, frozenset[int]]] = {
    "SD": (18, frozenset({6, 10, 11, 12, 14, 16, 17, 18})),
    "AP": (15, frozenset({4, 10, 11, 12, 14, 15})),
    "SC": (15, frozenset({8, 11, 12, 14, 15})),
    "CX": (9, frozenset({4, 7, 8, 9})),
    "CF": (5, frozenset({3, 5})),
    "RT": (5, frozenset({5})),
    "CB": (3, frozenset()),
    "PO": (2, frozenset({2})),
    "DS": (2, frozenset()),
    "SM": (1, frozenset()),
    "SG": (3, frozenset({3})),
    "DN": (2, frozenset({2})),
    "MD": (1, frozenset()),
    "LR": (1, frozenset()),
    "MM": (1, frozenset()),
}
FROZEN = {
    f"{group}-{number}": "hardened" if number in hardened else "seed"
    for group, (count, hardened) in PERMANENT.items()
    for number in range(1, count + 1)
} | {"CX-9": "hardened"}


KEYWORD = re.compile(r"\b(?:MUST|SHOULD|MAY|SHALL|REQUIRED|RECOMMENDED|OPTIONAL)\b")


def law_problems(spec: Path) -> list[str]:
    """Say everything that is wrong with a spec folder; nothing means that all is well."""
    try:
        registry = load_registry(spec)
    except RegistryError as error:
        return [str(error)]
    return [*frozen_problems(registry), *normative_guide(spec), *left_to_fill_in(spec)]


def frozen_problems(registry: Registry) -> Iterator[str]:
    """Compare the registry with the list of permanent IDs."""
    found = {requirement.id: requirement.profile for requirement in registry.requirements}
    for vanished in sorted(FROZEN.keys() - found.keys()):
        yield f"{vanished}: vanished from the registry; retire it with a reason instead"
    for new in sorted(found.keys() - FROZEN.keys()):
        yield f"{new}: not in the frozen list; add it"
    for known in sorted(FROZEN.keys() & found.keys()):
        if FROZEN[known] != found[known]:
            yield f"{known}: profile was {FROZEN[known]} and became {found[known]}"


def normative_guide(spec: Path) -> Iterator[str]:
    """Find normative words in the reading guide, which mentions some in backticks."""
    for number, line in enumerate((spec / "README.md").read_text("utf-8").splitlines(), 1):
        if KEYWORD.search(re.sub(r"`[^`]*`", "", line)):
            yield f"README.md:{number}: unregistered normative word: {line}"


def left_to_fill_in(folder: Path) -> Iterator[str]:
    """Find what a skeleton left to its author."""
    for path in sorted([*folder.glob("*.md"), *folder.glob("*.py")]):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if "FILL IN" in line or "`fill-in`" in line:
                yield f"{path.name}:{number}: still to fill in: {line}"


Damage = Callable[[Path], None]


def rewrite(name: str, pattern: str, replacement: str) -> Damage:
    """Make a damage that replaces the first match of a pattern in one file of the law."""

    def damage(spec: Path) -> None:
        text = (spec / name).read_text("utf-8")
        damaged, times = re.subn(pattern, replacement, text, count=1, flags=re.M | re.S)
        assert (times, damaged == text) == (1, False), f"the damage {pattern!r} did nothing"
        (spec / name).write_text(damaged, "utf-8")

    return damage


LAST = r"^## CX-6: .*"
DAMAGES: dict[str, tuple[Damage, str]] = {
    "vanished": (rewrite("cx.md", LAST, ""), "CX-6: vanished from the registry"),
    "twice": (rewrite("cx.md", f"({LAST})", r"\1\n\1"), "CX-6 occurs more than once"),
    "stranger": (rewrite("cx.md", "^## CX-6", "## SD-66"), "expected a heading such as '## CX-1"),
    "other-heading": (rewrite("cx.md", "^## CX-6: ", "## Notes "), "expected a heading such as"),
    "no-number": (rewrite("cx.md", "^## CX-6: ", "## CX-0: "), "expected a heading such as"),
    "no-title": (rewrite("cx.md", "^## CX-6: [^\n]*", "## CX-6: "), "expected a heading such as"),
    "new": (rewrite("cx.md", "^## CX-6", "## CX-60"), "CX-60: not in the frozen list"),
    "no-group-title": (rewrite("sd.md", r"\A# SD", "# Send"), "sd.md:1: expected a title such as"),
    "other-group": (rewrite("sd.md", r"\A# SD", "# AP"), "expected a heading such as '## AP-1"),
    "no-marks": (rewrite("sd.md", r"^\*MUST · seed\*", "MUST"), "expected marks such as"),
    "soft-profile": (rewrite("sd.md", r"^\*MUST · seed\*", "*MUST · soft*"), "expected marks"),
    "may": (rewrite("sd.md", r"^\*MUST · seed\*", "*MAY · seed*"), "expected marks such as"),
    "added-must": (
        rewrite("sc.md", r"^\*\*Why\.\*\* ", "**Why.** It MUST be. "),
        "unregistered normative word MUST",
    ),
    "must-in-theory": (
        rewrite("sc.md", r"^## Theory[^\n]*\n", r"\g<0>It MAY be.\n"),
        "sc.md:4: unregistered normative word MAY",
    ),
    "added-must-in-guide": (rewrite("README.md", r"\Z", "One MAY not.\n"), "README.md:"),
    "two-keywords": (
        rewrite("sd.md", "MUST NOT extend", "MUST NOT and SHOULD extend"),
        "expected exactly one of",
    ),
    "no-keyword": (rewrite("sd.md", "MUST NOT extend", "does not extend"), "expected exactly one"),
    "no-law": (rewrite("sd.md", r"^> .*?^\*\*Why", "**Why"), "there is no law sentence"),
    "loose-law": (rewrite("sd.md", r"^> Partial", "Partial"), "expected a law sentence after '> '"),
    "softer-marks": (
        rewrite("cf.md", r"^\*MUST · seed", "*SHOULD · seed"),
        "expected marks such as",
    ),
    "softer-law": (
        rewrite("sd.md", "send MUST NOT end with", "send SHOULD not end with"),
        "expected exactly one of",
    ),
    "profile-changed": (
        rewrite("sc.md", "MUST · seed", "MUST · hardened"),
        "SC-1: profile was seed and became hardened",
    ),
    "no-boundary": (rewrite("ap.md", r"^\*\*Boundary\.\*\*[^\n]*", ""), "its parts are not Law"),
    "other-order": (rewrite("ap.md", r"^\*\*Why\.", "**Observable."), "stands here twice"),
    "strange-part": (rewrite("ap.md", r"^\*\*In virtual time", "**In time"), "its parts are not"),
    "empty-why": (
        rewrite("sd.md", r"^\*\*Why\.\*\*.*?^\*\*Obs", "**Why.**\n\n**Obs"),
        "expected words after 'Why'",
    ),
    "no-source": (rewrite("sd.md", r"Source:\s+origin", "See origin"), "expected 'Source:'"),
    "no-situation": (rewrite("cx.md", r"^- `.*?^\*\*In", "**In"), "there is no situation"),
    "situation-name": (rewrite("sd.md", "^- `trickle`", "- `A b`"), "expected a situation such"),
    "situation-twice": (rewrite("sd.md", r"^(- `timed-out`:[^\n]*)", r"\1\n\1"), "more than once"),
    "no-virtual": (
        rewrite("sd.md", r"^\*\*In virtual time\.[^#]*", ""),
        "expected '**In virtual time.**', or",
    ),
    "loose-words": (
        rewrite("sd.md", r"^(\*No proof:.*?)\n\n", r"\1\n\nMore.\n\n"),
        "expected a part",
    ),
    "strange-waiver": (rewrite("sd.md", r"^\*No proof:", "*No hope:"), "no evidence 'hope': use"),
    "empty-waiver": (
        rewrite("sd.md", r"^\*No proof:\*.*?\n\n", "*No proof:*\n\n"),
        "expected words after 'proof'",
    ),
    "retired-silently": (
        rewrite("sd.md", r"^\*MUST · seed\*", "*MUST · seed · retired*"),
        "expected '*Retired:*'",
    ),
    "not-in-the-guide": (rewrite("README.md", r"^\| `sd\.md` \|", "| sd |"), "expected one row"),
    "empty": (rewrite("sd.md", r"\A.*\Z", ""), "sd.md:1: expected a title"),
    "only-theory": (rewrite("cf.md", r"^## CF-1.*", ""), "there are no requirements"),
}


def test_the_law_holds_together() -> None:
    """It is read as it stands, has the permanent IDs, and nothing else is normative."""
    assert law_problems(SPEC) == []


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_law_is_found_out(name: str, tmp_path: Path) -> None:
    """Each kind of damage to the law is reported for what it is."""
    damage, expected = DAMAGES[name]
    spec = tmp_path / "spec"
    spec.mkdir()
    for path in SPEC.glob("*.md"):
        shutil.copy(path, spec)
    damage(spec)
    assert any(expected in problem for problem in law_problems(spec)), law_problems(spec)


def test_a_skeleton_is_read_and_refused_until_it_is_filled_in(tmp_path: Path) -> None:
    """Its section loads, its rule leaves a run in doubt, and neither passes for more than it is."""
    spec, rules = tmp_path / "spec", tmp_path / skeleton.RULES
    shutil.copytree(SPEC, spec, ignore=shutil.ignore_patterns("vectors", "models"))
    rules.mkdir(parents=True)
    assert [spec / "cx.md", rules / "cx_10.py"] == skeleton.make("CX-10", tmp_path)
    assert load_registry(spec).by_id("CX-10").situation_names == ("fill-in",)
    problems = law_problems(spec)
    assert "CX-10: not in the frozen list; add it" in problems
    assert any("still to fill in: ## CX-10: FILL IN a title" in problem for problem in problems)
    assert len(list(left_to_fill_in(rules))) == 3
    made: dict[str, Any] = {}
    source = (rules / "cx_10.py").read_text("utf-8")
    exec(compile(source.replace('@rule("CX-10")\n', ""), "cx_10.py", "exec"), made)
    assert ["unsure"] == [seen.tells for seen in made["cx_10"](None)]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("CX-9", "the next one of its group is CX-10"),
        ("CX-11", "is CX-10"),
        ("XX-1", "none of SD, AP"),
    ],
)
def test_a_skeleton_is_of_the_next_id(name: str, why: str) -> None:
    """IDs are permanent and go up by one."""
    with pytest.raises(ValueError, match=why):
        skeleton.make(name)


def test_no_rule_is_left_to_fill_in() -> None:
    """A stub that was forgotten is found."""
    assert [] == list(left_to_fill_in(SPEC.parent / skeleton.RULES))


def test_there_are_eighty_three_permanent_ids() -> None:
    """The frozen list itself is complete."""
    profiles = list(FROZEN.values())
    assert (profiles.count("seed"), profiles.count("hardened")) == (54, 29)


def test_the_law_is_found_without_being_told_where() -> None:
    """The package finds the law of its own source checkout or wheel."""
    assert load_registry() == load_registry(find_spec())
