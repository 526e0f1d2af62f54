"""The reader of the prose: a file of the law becomes a group and its requirements.

The intuition: people read the law as Markdown, and programs read the same lines. So the form of a
section is fixed (`spec/README.md`, "A requirement"), and whatever departs from it is an error that
names file and line: a verdict is never given against half a law.

The complication: Markdown folds lines. A law sentence goes on in the next line after `>   `, a
situation after two blanks, and a waiver up to the next blank line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from stallproof.requirements.requirement import (
    WAIVABLE,
    Group,
    Place,
    Requirement,
    Situation,
    Waiver,
)

PARTS = ("Law", "Why", "Observable", "Boundary", "Exercised when")
VIRTUAL_PART = "In virtual time"
NOT_VIRTUAL = "Not in virtual time"
RETIRED = "Retired"
NOT_JUDGED = "*Not judged yet.*"

_WORDS = "MUST|SHOULD|MAY|SHALL|REQUIRED|RECOMMENDED|OPTIONAL"
_NORMATIVE = re.compile(rf"\b(?:{_WORDS})\b")
_SHOUTED = re.compile(_WORDS)
"""Finds whatever `_NORMATIVE` does, and more, in a quarter of the time."""
_TITLE = re.compile(r"# ([A-Z]{2}): (\S.*)")
_HEADING = re.compile(r"## ([A-Z]{2}-[1-9][0-9]*): (\S.*)")
_MARKS = re.compile(r"\*(MUST) · (seed|hardened)( · retired)?\*")
_PART = re.compile(r"\*\*([A-Z][a-z ]+)\.\*\*(.*)")
_REMARK = re.compile(r"\*(?:No ([a-z]+)|(Not in virtual time|Retired)):\*(.*)")
_SITUATION = re.compile(r"- `([a-z0-9]+(?:-[a-z0-9]+)*)`: (\S.*)")
_SOURCE = re.compile(r"\bSource:\s+(.+)\Z", re.DOTALL)


@dataclass(slots=True)
class _Block:
    """A part or a remark of a section: its name, and its lines from `at` on."""

    name: str
    at: Place
    lines: list[tuple[Place, str]] = field(default_factory=list)

    def text(self) -> str:
        """Return the words with their line ends; raises `RegistryError` if there are none."""
        text = "\n".join(line for _at, line in self.lines).strip()
        if not text:
            raise self.at.error(f"expected words after {self.name!r}")
        return text

    def folded(self) -> str:
        """Return the words as one line."""
        return " ".join(self.text().split())


def read_group(path: str, text: str) -> tuple[Group, tuple[Requirement, ...]]:
    """Return what the file `path` of the law says; raises `RegistryError` where it departs."""
    lines = [(Place(path, number), line) for number, line in enumerate(text.splitlines(), 1)]
    title = _TITLE.fullmatch(lines[0][1]) if lines else None
    if title is None:
        raise Place(path, 1).error("expected a title such as '# SD: Send deadline'")
    starts = [i for i, (_, line) in enumerate(lines) if line.startswith("## ")]
    sections = [lines[i:j] for i, j in zip(starts, [*starts[1:], len(lines)], strict=True)]
    theory = lines[1 : starts[0]] if starts else lines[1:]
    while sections and not _HEADING.match(sections[0][0][1]):
        theory += sections.pop(0)
    for at, line in theory:
        _refuse_normative(at, line)
    group = Group(
        id=title[1],
        title=title[2],
        prose=path.rsplit("/", 1)[-1],
        judged=all(line != NOT_JUDGED for _at, line in theory),
        waivers=tuple(_waivers(_blocks(theory, parts=False))),
    )
    return group, tuple(_requirement(section, group.id) for section in sections)


def _refuse_normative(at: Place, line: str) -> None:
    if _SHOUTED.search(line) and (found := _NORMATIVE.search(line)):
        raise at.error(f"unregistered normative word {found[0]}: it belongs into a law sentence")


def _blocks(lines: list[tuple[Place, str]], *, parts: bool = True) -> list[_Block]:
    """Return the parts and remarks of `lines` in order; what stands before them has no name."""
    found = [_Block("", lines[0][0])] if lines else []
    for at, line in lines:
        part = _PART.match(line) if parts and line.startswith("**") else None
        remark = _REMARK.match(line) if line.startswith("*N") or line.startswith("*R") else None
        if part is not None:
            found.append(_Block(part[1], at, [(at, part[2])]))
        elif remark is not None:
            found.append(_Block(remark[1] or remark[2], at, [(at, remark[3])]))
        elif not line and _is_remark(found[-1]):
            found.append(_Block("", at))
        else:
            found[-1].lines.append((at, line))
    return [one for one in found if one.name or any(line.strip() for _at, line in one.lines)]


def _is_remark(block: _Block) -> bool:
    return block.name.islower() or block.name in (NOT_VIRTUAL, RETIRED)


def _requirement(section: list[tuple[Place, str]], group: str) -> Requirement:
    at, line = section[0]
    heading = _HEADING.fullmatch(line)
    if heading is None or heading[1].split("-")[0] != group:
        raise at.error(f"expected a heading such as '## {group}-1: One deadline for the frame'")
    marks = _MARKS.fullmatch(section[1][1]) if len(section) > 1 else None
    if marks is None:
        raise Place(at.path, at.line + 1).error("expected marks such as '*MUST · seed*'")
    blocks = _blocks(section[2:])
    parts, remarks = _sorted(at, blocks)
    virtual, real_only, reason = map(remarks.get, (VIRTUAL_PART, NOT_VIRTUAL, RETIRED))
    if virtual is None and real_only is None:
        raise at.error(f"expected '**{VIRTUAL_PART}.**', or '*{NOT_VIRTUAL}:*' with a reason")
    if (reason is None) != (marks[3] is None):
        raise at.error("expected '*Retired:*' with a reason for 'retired', and only for that")
    why = parts["Why"].text()
    if (source := _SOURCE.search(why)) is None:
        raise parts["Why"].at.error("expected 'Source:' and where it comes from at the end")
    return Requirement(
        id=heading[1],
        group=group,
        level=marks[1],  # type: ignore[arg-type]
        profile=marks[2],  # type: ignore[arg-type]
        status="active" if reason is None else "retired",
        title=heading[2],
        law=tuple(_law(parts["Law"])),
        situations=tuple(_situations(parts["Exercised when"])),
        reason=_folded(reason),
        why=why,
        source=" ".join(source[1].split()),
        observable=parts["Observable"].text(),
        boundary=parts["Boundary"].text(),
        provocation=_folded(virtual),
        real_only=_folded(real_only),
        waivers=tuple(_waivers(blocks)),
        line=at.line,
    )


def _folded(block: _Block | None) -> str | None:
    return None if block is None else block.folded()


def _sorted(at: Place, blocks: list[_Block]) -> tuple[dict[str, _Block], dict[str, _Block]]:
    """Return the parts, which are all there and in order, and the rest by name."""
    named = [one.name for one in blocks]
    for one in blocks:
        if not one.name:
            first = next(place for place, line in one.lines if line.strip())
            raise first.error(
                "expected a part such as '**Why.**', or a remark such as '*No proof:*'"
            )
        if named.count(one.name) > 1:
            raise one.at.error(f"{one.name!r} stands here twice")
        if one.name != "Law":
            for place, line in one.lines:
                _refuse_normative(place, line)
    whole = tuple(name for name in named if not name.islower())
    rest = [
        name for name in whole[len(PARTS) :] if name not in (VIRTUAL_PART, NOT_VIRTUAL, RETIRED)
    ]
    if whole[: len(PARTS)] != PARTS or rest:
        raise at.error(f"its parts are not {', '.join(PARTS)}, in this order")
    by_name = {one.name: one for one in blocks}
    return {name: by_name.pop(name) for name in PARTS}, by_name


def _law(block: _Block) -> Iterator[str]:
    sentences: list[tuple[Place, str]] = []
    for at, line in block.lines:
        if line.startswith(">   ") and sentences:
            sentences[-1] = (sentences[-1][0], f"{sentences[-1][1]} {line[4:].strip()}")
        elif line.startswith("> ") and line[2:].strip():
            sentences.append((at, line[2:].strip()))
        elif line:
            raise at.error("expected a law sentence after '> ', or its next line after '>   '")
    if not sentences:
        raise block.at.error("there is no law sentence")
    for at, sentence in sentences:
        if _NORMATIVE.findall(sentence) != ["MUST"]:
            raise at.error("expected exactly one of MUST and MUST NOT in a law sentence")
    return iter([sentence for _at, sentence in sentences])


def _situations(block: _Block) -> Iterator[Situation]:
    found: dict[str, str] = {}
    last = None
    for at, line in block.lines:
        bullet = _SITUATION.fullmatch(line)
        if bullet is not None:
            if bullet[1] in found:
                raise at.error(f"situation {bullet[1]!r} occurs more than once")
            last, found[bullet[1]] = bullet[1], bullet[2].strip()
        elif line.startswith("  ") and last is not None:
            found[last] += f" {line.strip()}"
        elif line:
            raise at.error("expected a situation such as '- `trickle`: The peer read a little.'")
    if not found:
        raise block.at.error("there is no situation, so that it could pass without being exercised")
    return (Situation(name, text) for name, text in found.items())


def _waivers(blocks: list[_Block]) -> Iterator[Waiver]:
    for one in blocks:
        if not one.name.islower():
            continue
        if one.name not in WAIVABLE:
            raise one.at.error(f"there is no evidence {one.name!r}: use {', '.join(WAIVABLE)}")
        yield Waiver(of=one.name, reason=one.folded())
