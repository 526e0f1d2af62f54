"""The table of requirements and the form that filters it.

Without a script the form is hidden and the table shows everything.
"""

from collections.abc import Sequence

from stallproof.judge.report import Judgement, Report
from stallproof.reports.elements import Element, e
from stallproof.reports.html.glance import VERDICTS
from stallproof.reports.html.texts import short, verdict_mark
from stallproof.reports.ranges import ranges
from stallproof.reports.whole import by_transport
from stallproof.requirements.registry import Registry

_HEADS = ("ID", "Requirement", "Profile", "Verdict", "Exercised", "Situations", "By transport")
_NUMBERS = ("Exercised", "Situations")


def overview(report: Report, registry: Registry) -> Element:
    """Return the part of the page with one row for each requirement that was asked for."""
    judged = [one for one in report.requirements if one.selected]
    left = [one.id for one in report.requirements if not one.selected]
    table = e(
        "table",
        e("caption", "One row for each requirement of this run; the ID leads to what was found"),
        e("thead", e("tr", *map(_head, _HEADS))),
        e("tbody", *map(_row, judged)),
        id="overview",
    )
    return e(
        "section",
        e("h2", "Requirements", id="requirements"),
        _form(judged, registry),
        e("div", table, class_="scroll", tabindex=0, role="region", aria_label="Requirements"),
        e("p", f"Out of scope in this run: {ranges(left)}.", class_="aside") if left else None,
        aria_labelledby="requirements",
    )


def marks_of(judgement: Judgement) -> dict[str, str]:
    """Return what the filters go by: on each row, and on the section of each requirement."""
    return {
        "data_id": short(judgement.id),
        "data_verdict": judgement.verdict,
        "data_group": short(judgement.id.partition("-")[0]),
        "data_transports": " ".join(judgement.transports),
        "data_words": f"{judgement.id} {short(judgement.title)}".lower(),
    }


def _head(name: str) -> Element:
    return e("th", name, scope="col", class_="number" if name in _NUMBERS else None)


def _row(judgement: Judgement) -> Element:
    witnessed = sum(1 for times in judgement.situations.values() if times)
    told = short(by_transport(judgement.transports), 500) if judgement.transports else ""
    link = e("a", short(judgement.id), href=f"#{short(judgement.id)}")
    return e(
        "tr",
        e("th", link, scope="row"),
        e("td", short(judgement.title)),
        e("td", judgement.profile),
        e("td", verdict_mark(judgement.verdict)),
        e("td", str(judgement.exercised), class_="number"),
        e("td", f"{witnessed} of {len(judgement.situations)}", class_="number"),
        e("td", told),
        **marks_of(judgement),
    )


def _form(judged: Sequence[Judgement], registry: Registry) -> Element:
    there = {one.verdict for one in judged}
    boxes = [
        e(
            "label",
            e("input", type="checkbox", name="verdict", value=verdict, checked=True),
            verdict.replace("-", " "),
        )
        for verdict in VERDICTS
        if verdict in there
    ]
    present = {one.id.partition("-")[0] for one in judged}
    groups = [(one.id, f"{one.id}: {one.title}") for one in registry.groups if one.id in present]
    transports = dict.fromkeys(name for one in judged for name in one.transports)
    parts = [
        e("fieldset", e("legend", "Verdict"), *boxes),
        _choice("group", "Group", "all groups", groups),
        _choice("transport", "Transport", "all transports", [(one, one) for one in transports]),
        e("p", e("label", "Text", for_="filter-text"), _search()),
        e("button", "Show all", type="reset"),
        e("p", f"{len(judged)} of {len(judged)} requirements", role="status", id="shown"),
    ]
    return e("form", *parts, id="filters", aria_label="Filters", hidden=True)


def _search() -> Element:
    return e("input", type="search", name="text", id="filter-text", autocomplete="off")


def _choice(name: str, title: str, every: str, options: Sequence[tuple[str, str]]) -> Element:
    chosen = [e("option", every, value="")]
    chosen += [e("option", short(words), value=short(value)) for value, words in options]
    place = f"filter-{name}"
    return e("p", e("label", title, for_=place), e("select", *chosen, name=name, id=place))
