"""The law holds together: prose, registry and the permanent IDs agree word for word.

The checks are one function over a spec folder, `law_problems`, so that each can also be shown to
fail on a copy of the law that was damaged on purpose.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from stallproof.requirements.registry import (
    Registry,
    RegistryError,
    Requirement,
    find_spec,
    load_registry,
)

SPEC = Path(__file__).resolve().parents[2] / "spec"

# Permanent: an ID never leaves this list. A retired one stays, and new ones are added.
PERMANENT = {
    "seed": """
        SD-1 SD-2 SD-3 SD-4 SD-5 SD-7 SD-8 SD-9 SD-13 SD-15
        AP-1 AP-2 AP-3 AP-5 AP-6 AP-7 AP-8 AP-9 AP-13
        SC-1 SC-2 SC-3 SC-4 SC-5 SC-6 SC-7 SC-9 SC-10 SC-13
        CX-1 CX-2 CX-3 CX-5 CX-6
        CF-1 CF-2 CF-4
        RT-1 RT-2
    """,
    "hardened": """
        SD-6 SD-10 SD-11 SD-12 SD-14 SD-16
        AP-4 AP-10 AP-11 AP-12 AP-14
        SC-8 SC-11 SC-12 SC-14 SC-15
        CX-4
        CF-3 CF-5
    """,
}
FROZEN = {one: profile for profile, ids in PERMANENT.items() for one in ids.split()}

KEYWORD = re.compile(r"\b(?:MUST|SHOULD|MAY|SHALL|REQUIRED|RECOMMENDED|OPTIONAL)\b")
PARTS = ("Law", "Why", "Observable", "Boundary", "Exercised when")


class Section(NamedTuple):
    """One requirement as the prose states it."""

    title: str
    level: str
    profile: str
    parts: dict[str, str]

    @property
    def law(self) -> tuple[str, ...]:
        """The law sentences, one a line."""
        return tuple(re.findall(r"^> (.+)$", self.parts.get("Law", ""), re.M))

    @property
    def situations(self) -> tuple[tuple[str, str], ...]:
        """The situations as (name, text)."""
        bullets = re.findall(r"^- `(.+?)`: (.+)$", self.parts.get("Exercised when", ""), re.M)
        return tuple((name, text) for name, text in bullets)


def read_sections(text: str) -> Iterator[tuple[str, Section]]:
    """Read each section of a prose file; what does not parse comes out empty: a problem."""
    for chunk in re.split(r"^## (?=[A-Z]{2}-\d)", text, flags=re.M)[1:]:
        heading, _, body = chunk.partition("\n")
        requirement_id, _, title = heading.partition(": ")
        marks = re.match(r"\*(\w+) · (\w+)\*\n", body)
        level, profile = marks.groups() if marks else ("", "")
        pieces = re.split(r"^\*\*([A-Z][a-z ]+)\.\*\*", body, flags=re.M)[1:]
        parts = {name: part.strip() for name, part in zip(pieces[::2], pieces[1::2], strict=True)}
        yield requirement_id, Section(title, level, profile, parts)


def law_problems(spec: Path) -> list[str]:
    """Say everything that is wrong with a spec folder; nothing means that all is well."""
    try:
        registry = load_registry(spec)
    except RegistryError as error:
        return [str(error)]
    return [
        *frozen_problems(registry),
        *prose_problems(spec, registry),
        *unregistered_keywords(spec, registry),
    ]


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


def prose_problems(spec: Path, registry: Registry) -> Iterator[str]:
    """Compare each prose file with the registry, in both directions and in order."""
    for group in registry.groups:
        sections = list(read_sections((spec / group.prose).read_text("utf-8")))
        stated = [requirement_id for requirement_id, _ in sections]
        registered = [one.id for one in registry.requirements if one.group == group.id]
        if stated != registered:
            odd = sorted(set(stated) ^ set(registered)) or "the order, or one that is twice there"
            yield f"{group.prose}: prose and registry do not have the same IDs: {odd}"
        for requirement_id, section in sections:
            if requirement_id in registered:
                yield from section_problems(registry.by_id(requirement_id), section)


def section_problems(requirement: Requirement, section: Section) -> Iterator[str]:
    """Compare one section with its entry, word for word."""
    if tuple(section.parts) != PARTS or not all(section.parts.values()):
        yield f"{requirement.id}: its parts are not {PARTS}, each with text"
    situations = tuple((one.name, one.text) for one in requirement.situations)
    for what, in_prose, in_registry in (
        ("title", section.title, requirement.title),
        ("level", section.level, requirement.level),
        ("profile", section.profile, requirement.profile),
        ("law", section.law, requirement.law),
        ("situations", section.situations, situations),
    ):
        if in_prose != in_registry:
            yield f"{requirement.id}: {what} in prose {in_prose!r}, in registry {in_registry!r}"


def unregistered_keywords(spec: Path, registry: Registry) -> Iterator[str]:
    """Find normative words outside the law; the reading guide mentions some, in backticks."""
    sentences = {f"> {sentence}" for one in registry.requirements for sentence in one.law}
    for name in [*(group.prose for group in registry.groups), "README.md"]:
        for number, line in enumerate((spec / name).read_text("utf-8").splitlines(), 1):
            rest = "" if line in sentences else re.sub(r"^\*(MUST|SHOULD) · \w+\*$", "", line)
            rest = re.sub(r"`[^`]*`", "", rest) if name == "README.md" else rest
            if KEYWORD.search(rest):
                yield f"{name}:{number}: unregistered normative word: {line}"


Damage = Callable[[Path], None]


def rewrite(name: str, pattern: str, replacement: str) -> Damage:
    """Make a damage that replaces the first match of a pattern in one file of the law."""

    def damage(spec: Path) -> None:
        text = (spec / name).read_text("utf-8")
        damaged, times = re.subn(pattern, replacement, text, count=1, flags=re.M | re.S)
        assert (times, damaged == text) == (1, False), f"the damage {pattern!r} did nothing"
        (spec / name).write_text(damaged, "utf-8")

    return damage


def reentry(change: Callable[[list[dict[str, object]]], object]) -> Damage:
    """Make a damage that changes the list of registry entries."""

    def damage(spec: Path) -> None:
        path = spec / "requirements.json"
        document = json.loads(path.read_text("utf-8"))
        change(document["requirements"])
        path.write_text(json.dumps(document), "utf-8")

    return damage


DAMAGES: dict[str, tuple[Damage, str]] = {
    "vanished": (reentry(lambda entries: entries.pop(0)), "SD-1: vanished"),
    "vanished-section": (rewrite("cx.md", r"^## CX-6: .*", ""), "cx.md: prose and registry"),
    "section-twice": (rewrite("cx.md", r"(^## CX-6: .*)", r"\1\1"), "cx.md: prose and registry"),
    "unregistered-section": (
        rewrite("cf.md", r"\Z", "\n## CF-6: New\n*MUST · seed*\n"),
        "['CF-6']",
    ),
    "unlisted": (
        reentry(lambda entries: entries.append({**entries[-1], "id": "RT-99"})),
        "RT-99: not in the frozen list",
    ),
    "twice": (reentry(lambda entries: entries.append(entries[0])), "'SD-1' occurs more than once"),
    "added-must": (rewrite("sc.md", r"^\*\*Why\.\*\* ", "**Why.** It MUST be. "), "unregistered"),
    "added-must-in-guide": (rewrite("README.md", r"\Z", "One MAY not.\n"), "unregistered"),
    "added-law-line": (rewrite("ap.md", r"^(> .*?\n)", r"\1> It SHOULD be.\n"), "AP-1: law in"),
    "altered-sentence": (rewrite("sd.md", "MUST NOT extend", "MUST NOT move"), "SD-1: law in"),
    "dropped-sentence": (rewrite("sd.md", r"^> Partial[^\n]*\n", ""), "SD-1: law in prose"),
    "altered-entry": (
        reentry(lambda entries: entries[0].update(law=["It MUST work."])),
        "SD-1: law in prose",
    ),
    "softer-in-prose": (rewrite("cf.md", r"^\*MUST · seed", "*SHOULD · seed"), "CF-1: level in"),
    "harder-in-prose": (rewrite("sc.md", "MUST · seed", "MUST · hardened"), "SC-1: profile in"),
    "profile-changed": (
        reentry(lambda entries: entries[0].update(profile="hardened")),
        "SD-1: profile was seed and became hardened",
    ),
    "retitled": (rewrite("cx.md", "^## CX-1: One", "## CX-1: Any"), "CX-1: title in prose"),
    "no-boundary": (rewrite("ap.md", r"^\*\*Boundary\.\*\*[^\n]*", ""), "AP-1: its parts are not"),
    "empty-why": (
        rewrite("sd.md", r"^\*\*Why\.\*\*.*?^\*\*Obs", "**Why.**\n\n**Obs"),
        "SD-1: its parts are not",
    ),
    "situation-renamed": (rewrite("sd.md", "^- `trickle`", "- `drip`"), "SD-1: situations in"),
    "situation-dropped": (rewrite("sc.md", r"^- `reset`[^\n]*\n", ""), "SC-3: situations in prose"),
}


def test_the_law_holds_together() -> None:
    """Prose, registry and the list of permanent IDs agree, and nothing else is normative."""
    assert law_problems(SPEC) == []


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_law_is_found_out(name: str, tmp_path: Path) -> None:
    """Each kind of damage to the law is reported for what it is."""
    damage, expected = DAMAGES[name]
    spec = Path(shutil.copytree(SPEC, tmp_path / "spec"))
    damage(spec)
    assert any(expected in problem for problem in law_problems(spec)), law_problems(spec)


def test_there_are_fifty_eight_permanent_ids() -> None:
    """The frozen list itself is complete and names no ID twice."""
    assert [len(ids.split()) for ids in PERMANENT.values()] == [39, 19]
    assert len(FROZEN) == 58


def test_the_registry_is_canonical() -> None:
    """The registry file is laid out in the one way that makes its changes readable."""
    text = (SPEC / "requirements.json").read_text("utf-8")
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


def test_the_registry_is_found_without_being_told_where() -> None:
    """The package finds the law of its own source checkout or wheel."""
    assert load_registry() == load_registry(find_spec())
