"""The eight slides: one HTML page that prints to eight pages of 16:9.

Sentences are those of the law, numbers those of the code, the matrix and the records.
"""

import html
from collections import Counter
from pathlib import Path
from string import Template

from docs.drawing.telling import telling
from docs.reviewing import facts
from docs.reviewing.example import ON_TIME, POLICY, SCHEDULE, bounds, timeline
from docs.reviewing.unassured import limits
from proofs.traceability.evidence import COLUMNS, Column
from stallproof.configuration.relations import seconds_text
from stallproof.machines.close_window import close_window
from stallproof.machines.policy import Policy

TEMPLATE = Path(__file__).with_name("slides.html")
PLACE = "docs/slides/index.html"
_PAGE = """# Eight slides

[The slides](slides/index.html) are one page: the problem, the three guards, the bounds of one
stalled send in a worked example, the evidence, the results, and what is not assured. Print that
page to get a PDF of eight pages, 16:9.

![The bounds of one stalled send](slides/timeline.svg)
"""
_GUARDS = {"a": "SD-1", "b": "AP-3", "c": "SC-7"}
"""The requirement that a slide tells of each guard by."""
_WORDS: dict[Column, str] = {
    "contract": "steps of machines whose contracts state the law",
    "proof": "proved statements about the machines",
    "search": "laws of exhaustive searches",
    "model": "claims of models of the threads",
    "property": "tests that are marked with a requirement",
    "vector": "vectors, exact in virtual time",
    "mutant": "mutants, each with what must catch it",
}


def pages() -> dict[str, str]:
    """Return the slides, their picture, and the page of the site that leads to them."""
    return {"docs/slides.md": _PAGE, PLACE: document(), "docs/slides/timeline.svg": timeline()}


def document() -> str:
    """Return the slides as HTML; raises `KeyError` for a place that nothing fills."""
    default = Policy()
    words = {
        "a_default": seconds_text(default.send_timeout_us),
        "b_default": seconds_text(default.ack_progress_timeout_us),
        "b_wait": seconds_text(default.ack_wait_us),
        "c_default": seconds_text(default.stall_timeout_us),
        "c_checks": str(default.checks_max),
        "x_limit": seconds_text(POLICY.stall_timeout_us),
        "x_checks": str(POLICY.checks_max),
        "x_min": seconds_text(SCHEDULE.min_us),
        "x_max": seconds_text(SCHEDULE.max_us),
        "x_late": seconds_text(ON_TIME.late_us),
        "x_late_by": seconds_text(close_window(POLICY, ON_TIME).by_us),
        "timeline": ". ".join(f"{seconds_text(each.at_us)}: {each.words}" for each in bounds()),
        "limits": limits().replace("`", ""),
    }
    for guard, name in _GUARDS.items():
        words[f"{guard}_law"] = " ".join(facts.registry().by_id(name).law)
    escaped = {name: html.escape(text) for name, text in words.items()}
    for guard, name in _GUARDS.items():
        escaped[f"{guard}_link"] = f'<a href="../law/{name}.html">{name}</a>'
        escaped[f"{guard}_picture"] = telling(facts.vectors(), name)[-1].name
    tables = {"evidence": _rows(_evidence()), "results": _rows(_results())}
    return Template(TEMPLATE.read_text("utf-8")).substitute({**escaped, **tables})


def _evidence() -> list[tuple[str, ...]]:
    registry, rows = facts.registry(), facts.rows()
    sentences = sum(len(registry.by_id(name).law) for name in rows)
    counted = {
        column: len({each.name for row in rows.values() for each in row.cells[column]})
        for column in COLUMNS
    }
    return [
        ("requirements", str(len(rows))),
        ("sentences", str(sentences)),
        *((words, str(counted[column])) for column, words in _WORDS.items()),
    ]


def _results() -> list[tuple[str, ...]]:
    verdicts = {"the reference": list(facts.reference().values())}
    for name, record in facts.records().items():
        verdicts[name] = [one.verdict for one in record.requirements]
    found: list[tuple[str, ...]] = []
    for name, told in verdicts.items():
        counts = Counter(told)
        is_open = len(told) - counts["pass"] - counts["fail"]
        found.append((name, str(counts["pass"]), str(counts["fail"]), str(is_open)))
    return found


def _rows(rows: list[tuple[str, ...]]) -> str:
    lines = []
    for name, *numbers in rows:
        cells = "".join(f'<td class="number">{html.escape(each)}</td>' for each in numbers)
        lines.append(f"<tr><td>{html.escape(name)}</td>{cells}</tr>")
    return "\n".join(lines)
