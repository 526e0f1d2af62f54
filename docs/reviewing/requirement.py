"""The page of one requirement: its sentences, its boundary, and all that speaks for it.

Everything on it is in the law, the catalogues or the vectors; the page puts it side by side.
"""

from collections.abc import Iterator

from docs.drawing.telling import telling
from docs.drawing.timing import drawn, told
from docs.reviewing import facts
from docs.reviewing.decisions import examples
from docs.reviewing.sentences import broken_by
from docs.reviewing.words import cell, linked, page_of, sentence_id, table, wide
from proofs.mutants.mutant import Mutant
from proofs.mutants.page import verdict_of
from proofs.results.implementations import BY_NAME
from proofs.results.page import failure_head
from proofs.results.record import Judged, Record
from proofs.traceability.evidence import COLUMNS, Row, path_of
from proofs.traceability.gaps import reason_for
from proofs.traceability.page import HEADS
from proofs.traceability.written import anchor
from stallproof.judge.model.situation import VIRTUAL
from stallproof.requirements.registry import Requirement
from stallproof.runner.play import SCENARIOS

_TOLD_ELSEWHERE = ("prose", "vector", "mutant")
"""The columns that have a part of the page of their own."""
_BREAKS = "What breaks it, and what catches that"


def pages() -> dict[str, str]:
    """Return the page of each requirement that holds, and its pictures."""
    made: dict[str, str] = {}
    for row in facts.rows().values():
        requirement = facts.registry().by_id(row.requirement)
        made[page_of(requirement.id)] = "\n".join([*_lines(requirement, row), ""])
        for one in telling(facts.vectors(), requirement.id):
            made[f"docs/images/vector-{one.name}.svg"] = drawn(one)
    return made


def _lines(one: Requirement, row: Row) -> Iterator[str]:
    page = page_of(one.id)
    law = linked(row.cells["prose"][0].path, page)
    yield from (f"# {one.id}: {one.title}", "")
    yield f"*{one.level} · {one.profile}* · [its section in the law]({law}) ·"
    yield "[all requirements](../verdicts.md) · [all sentences](../sentences.md)"
    yield from ("", "## The sentences", "")
    for number, sentence in enumerate(one.law, 1):
        yield from (f'<a id="s{number}"></a>**{sentence_id(one.id, number)}** {sentence}', "")
        where = f"{linked(page_of(one.id), page)}#{anchor(_BREAKS)}"
        yield from (f"Mutants that break it: [{broken_by(one, number)}]({where}).", "")
    for head, text in (
        ("The boundary", one.boundary), ("Why", one.why), ("What can be seen", one.observable),
    ):  # fmt: skip
        yield from (f"## {head}", "", text, "")
    yield from ("## Verdicts", "", *_verdicts(one))
    yield from ("## Situations", "", *_situations(one, page))
    yield from ("## In pictures", "", *_pictures(one, page))
    yield from ("## Vectors", "", *_vectors(row, page))
    yield from (f"## {_BREAKS}", "", *_mutants(one, page))
    yield from ("## What speaks for it", "", *_evidence(row, page))
    yield from ("## What is not assured", "", *_unassured(one, row))


def _verdicts(one: Requirement) -> list[str]:
    reference = facts.reference().get(one.id, "not in virtual time")
    found = [("the reference, in virtual time", reference)]
    for name, record in facts.records().items():
        judged = record.judged(one.id)
        found.append((_who(name, record), _reason(one, name, judged)))
    return table(("judged", "verdict"), found)


def _who(name: str, record: Record) -> str:
    """Return the short name of a run, and what it stands for where that says more."""
    told = record.implementation["name"]
    return name if name.startswith(told) else cell(f"{name}: {told}")


def _reason(one: Requirement, name: str, judged: Judged | None) -> str:
    """Return the verdict of a recorded run, with a link to the reason where the results tell it."""
    if judged is None:
        return "not judged"
    if judged.verdict == "fail" and BY_NAME[name].kind == "nvflare":
        return f"[fail: why](../results.md#{anchor(failure_head(one))})"
    return judged.verdict


def _situations(one: Requirement, page: str) -> Iterator[str]:
    yield "Each must occur, seen by the peer, before the requirement can pass."
    yield ""
    rows = []
    for situation in one.situations:
        plays = [
            f"[{scenario.name}]({linked(_file_of(scenario.script), page)})"
            for scenario in SCENARIOS
            if situation.name in scenario.situations.get(one.id, ())
        ]
        features = _features(one.id, situation.name)
        name = f"`{situation.name}`"
        rows.append((name, cell(situation.text), ", ".join(plays) or "-", features))
    if one.provocation is not None:
        brought = "the vectors below"
        rows.append(("in virtual time", cell(one.provocation), brought, _features(one.id, VIRTUAL)))
    yield from wide(("situation", "what has to occur", "brought about by", "takes"), rows)


def _file_of(script: object) -> str:
    return path_of(getattr(script, "func", script).__module__)


def _features(requirement: str, situation: str) -> str:
    found = facts.ways().get((requirement, situation), [])
    return ", or ".join(" and ".join(f"`{each}`" for each in way) for way in found) or "nothing"


def _pictures(one: Requirement, page: str) -> Iterator[str]:
    chosen = telling(facts.vectors(), one.id)
    if not chosen:
        yield from _decisions(one)
        return
    yield "Each moment has a column, however far apart they are; times are those of virtual time."
    yield "A ring is asked for by the script, a dot is what the law demands."
    for vector in chosen:
        where = linked(f"docs/images/vector-{vector.name}.svg", page)
        yield from ("", f"### {vector.name}", "", vector.reason, "")
        yield f"[![Timing of {vector.name}; the same in words follows]({where})]({where})"
        yield from ("", '<details markdown="1">', "<summary>The same in words</summary>", "")
        yield from (f"- {line}" for line in told(vector))
        yield from ("", "</details>")
    yield ""


def _decisions(one: Requirement) -> Iterator[str]:
    """Yield what stands in place of pictures where no vector has a course in time."""
    found = examples(facts.vectors(), one.id)
    if not found:
        yield from ("No vector of it has a course in time that fits a picture.", "")
        return
    yield from ("No course in time is part of it. The shortest of what vectors ask and demand:", "")
    rows = [(name, _code(asked), _code(answer)) for name, asked, answer in found]
    yield from wide(("vector", "asked", "the law demands"), rows)


def _code(text: str) -> str:
    """Return `text` as code in a cell, whatever marks of Markdown are in it."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{cell(text)}{fence}"


def _vectors(row: Row, page: str) -> Iterator[str]:
    found = row.cells["vector"]
    yield f"{len(found)} put it to the test."
    yield ""
    if found:
        rows = [(f"[{e.name}]({linked(e.path, page)})", cell(e.says)) for e in found]
        yield from wide(("vector", "which mistake it hunts"), rows)


def _mutants(one: Requirement, page: str) -> Iterator[str]:
    trials = facts.trials()[one.id]
    yield "*Asked*: each run of the tests puts the question; *caught*: committed, with its seconds."
    yield ""
    rows = [
        (
            _broken(trial.mutant, one),
            f"{cell(trial.mutant.says)} ([`{trial.mutant.id}`]({linked(trial.mutant.file, page)}))",
            f"`{cell(str(trial.evidence))}`",
            verdict_of(trial, facts.entries()),
        )
        for trial in trials
    ]
    yield from wide(("breaks", "the mistake", "must be caught by", "verdict"), sorted(rows))


def _broken(mutant: Mutant, one: Requirement) -> str:
    """Return the names of the sentences that `mutant` breaks, or that of the requirement."""
    if len(one.law) == 1:
        return sentence_id(one.id, 1)
    return ", ".join(mutant.sentences_of(one.id)) or one.id


def _evidence(row: Row, page: str) -> Iterator[str]:
    for column in COLUMNS:
        found = row.cells[column]
        if column in _TOLD_ELSEWHERE or not found:
            continue
        yield from (f"### {HEADS[column].capitalize()}: {len(found)}", "")
        for one in found:
            verdict = f" ({one.verdict})" if one.verdict else ""
            yield f"- [`{one.name}`]({linked(one.path, page)}){verdict}: {one.says}"
        yield ""


def _unassured(one: Requirement, row: Row) -> Iterator[str]:
    found = [
        f"- No {HEADS[column]}: {reason.text}"
        for column in COLUMNS
        if not row.cells[column]
        and (reason := reason_for(facts.reasons(), column, one.id)) is not None
    ]
    if one.real_only is not None:
        found.append(f"- Decided on the real clock only: {one.real_only}")
    yield from found or ["Each kind of evidence is there. What all of it leaves open:"]
    yield from ("", "See [what is not assured](../unassured.md).")
